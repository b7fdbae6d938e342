"""Where the speech in a take begins and ends, and how loud it is."""

import numpy as np

WINDOW_S = 0.01
"""The resolution, in seconds."""

UNDER_LOUD_DB = 40.0
"""A window this far below the loud ones is silence: soft consonants are 20 to 35 dB below vowels,
and the noise of a voice's model lies at 60 dB."""

FLOOR_DBFS = -60.0
"""A window below this is silence, whatever the loud ones are."""

ACTIVE_DB = 20.0
"""The level of speech is measured where it is not further below its loud windows."""


def speech_bounds(samples: np.ndarray, sample_rate_hz: int) -> tuple[int, int]:
    """Find where speech begins and ends.

    Args:
        samples: Mono, [N] float32.
        sample_rate_hz: Samples/s.

    Returns:
        A half-open range of samples; (0, 0) where all is silence.
    """
    window = max(1, round(WINDOW_S * sample_rate_hz))
    levels = _levels_db(samples, window)
    if not len(levels):
        return 0, 0
    limit = max(FLOOR_DBFS, float(np.quantile(levels, 0.95)) - UNDER_LOUD_DB)
    heard = np.flatnonzero(levels > limit)
    if not heard.size:
        return 0, 0
    return int(heard[0]) * window, min(len(samples), (int(heard[-1]) + 1) * window)


def trimmed(samples: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Leave out the silence at both ends.

    Args:
        samples: Mono, [N] float32.
        sample_rate_hz: Samples/s.

    Returns:
        The samples from the first speech to the last; none where all is silence.
    """
    first, end = speech_bounds(samples, sample_rate_hz)
    return samples[first:end]


def speech_level_dbfs(samples: np.ndarray, sample_rate_hz: int) -> float:
    """Measure how loud speech is, without its pauses.

    Args:
        samples: Mono, [N] float32.
        sample_rate_hz: Samples/s.

    Returns:
        Its level (RMS) in dB of full scale; -120 where all is silence.
    """
    levels = _levels_db(samples, max(1, round(WINDOW_S * sample_rate_hz)))
    if not len(levels):
        return -120.0
    loud = levels[levels > np.quantile(levels, 0.95) - ACTIVE_DB]
    return float(10 * np.log10(np.mean(10 ** (loud / 10)))) if loud.size else -120.0


def _levels_db(samples: np.ndarray, window: int) -> np.ndarray:
    """The level of each window in dB of full scale, the last one with silence after its end."""
    padded = np.pad(samples.astype(np.float64), (0, -len(samples) % window))
    power = (padded.reshape(-1, window) ** 2).mean(axis=1)
    return 10 * np.log10(power + 1e-12)
