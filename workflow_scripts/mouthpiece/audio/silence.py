"""Silence: where nobody speaks, and where the original picture is kept for that reason."""

import numpy as np

from ..core.spans import find_spans
from ..core.timeline import Clock, sample_of
from .speech import SAMPLE_RATE, Speech

HOP, WINDOW = SAMPLE_RATE // 100, 400
"""Samples from one spectrum to the next, and in each: 10 ms and 25 ms."""

SMOOTHING_S = 0.035
"""Standard deviation of the smoothing over time."""

SPAN_DB = 32.0
"""A frame whose voice band is this far below the cut's loud level is silent."""

LEAST_LOUD_DB = -38.0
"""The lowest loud level of a cut, in dB of full scale: a cut with nothing but faint noise is
silent."""

KEPT_S = 0.4
"""A silence of at least this many seconds, with the source's mouth shut, keeps the original
picture."""

EASE_FRAMES = 4
"""Frames over which the patch fades in and out."""


def silence(speech: Speech, clock: Clock) -> np.ndarray:
    """Find the frames of a cut in which nobody speaks.

    Args:
        speech: The cut's speech.
        clock: The cut's frames.

    Returns:
        Whether each frame is silent, [T] bool.
    """
    spoken = smooth_curves(speaking(spectra(speech.samples))[:, None])
    return at_frames(spoken, speech, clock)[:, 0] < 0.1


def shut(opening: np.ndarray, shut_under: float, still_under: float) -> np.ndarray:
    """Find the frames in which a mouth is shut and stays shut.

    Args:
        opening: How far the mouth is open, [T] float, in any unit; infinite where it is unknown.
        shut_under: The largest opening of a shut mouth.
        still_under: The largest change from frame to frame of a still mouth.

    Returns:
        Whether the mouth is shut and still, [T] bool.
    """
    with np.errstate(invalid="ignore"):
        moving = np.abs(np.gradient(opening)) if len(opening) > 1 else np.zeros(len(opening))
    return np.asarray((opening <= shut_under) & (moving <= still_under))


def opacity(idle: np.ndarray, clock: Clock) -> np.ndarray:
    """Compute a patch's opacity: 0 in silences of `KEPT_S` or more, with soft transitions.

    Args:
        idle: Frames in which nobody speaks and the source's mouth is shut, [T] bool.
        clock: The cut's frames.

    Returns:
        Alpha in [0, 1], [T] float32; 1 in every frame that is not idle.
    """
    alpha = np.ones(len(idle), np.float32)
    least = max(3, round(KEPT_S * clock.rate))
    for first, end in find_spans(idle):
        if end - first >= least:
            alpha[first:end] = 0
    return _eased(alpha)


def _eased(alpha: np.ndarray) -> np.ndarray:
    """Ramps of `EASE_FRAMES` inside the kept silences: a speaking frame is never faded."""
    on = alpha > 0
    if not on.any():
        return alpha
    frame = np.arange(len(alpha))
    since = frame - np.maximum.accumulate(np.where(on, frame, -len(alpha)))
    until = np.minimum.accumulate(np.where(on, frame, 2 * len(alpha))[::-1])[::-1] - frame
    share = np.clip(1 - np.minimum(since, until) / (EASE_FRAMES + 1), 0, 1)
    return (share * share * (3 - 2 * share)).astype(np.float32)


def spectra(samples: np.ndarray) -> np.ndarray:
    """Compute power spectra, centred on every `HOP`-th sample.

    Args:
        samples: 16 kHz mono, [S] float.

    Returns:
        Power, [N, WINDOW // 2 + 1] float, N = S // HOP + 1.
    """
    padded = np.pad(samples.astype(np.float32), (WINDOW // 2, WINDOW))
    starts = np.arange(0, len(samples) + 1, HOP)
    windows = padded[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW).astype(np.float32)
    return np.abs(np.fft.rfft(windows, axis=1)) ** 2 / (WINDOW * WINDOW / 8)


def _band(power: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """Power of a band, [N]."""
    hz = np.arange(power.shape[1]) * SAMPLE_RATE / WINDOW
    return power[:, (hz >= low_hz) & (hz < high_hz)].sum(1)


def _level_db(power: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """Level of a band in dB of full scale, [N]."""
    return 10 * np.log10(_band(power, low_hz, high_hz) + 1e-10)


def _loud_db(power: np.ndarray) -> float:
    """The level of the cut's loud speech."""
    return max(float(np.quantile(_level_db(power, 150, 4000), 0.95)), LEAST_LOUD_DB)


def speaking(power: np.ndarray) -> np.ndarray:
    """Estimate where somebody speaks, from the level of the voice band.

    Args:
        power: What `spectra` returns, [N, WINDOW // 2 + 1] float.

    Returns:
        0 for silence to 1 for speech, [N] float.
    """
    return np.clip((_level_db(power, 150, 4000) - (_loud_db(power) - SPAN_DB)) / 6, 0, 1)


def smooth_curves(curves: np.ndarray) -> np.ndarray:
    """Smooth curves over time with a Gaussian of `SMOOTHING_S`; the ends are held.

    Args:
        curves: K curves, one row every `HOP` samples, [N, K] float.

    Returns:
        The smoothed curves, [N, K] float.
    """
    sigma = SMOOTHING_S * SAMPLE_RATE / HOP
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(curves, ((reach, reach), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, kernel, "valid") for column in padded.T], 1)


def at_frames(curves: np.ndarray, speech: Speech, clock: Clock) -> np.ndarray:
    """Read curves of the sound at the middle of each frame.

    Args:
        curves: K curves over `speech.samples`, one row every `HOP` samples, [N, K] float.
        speech: The cut's speech.
        clock: The cut's frames.

    Returns:
        The interpolated curves, [T, K] float.
    """
    first = clock.first_frame
    start = sample_of(first, clock.rate, SAMPLE_RATE)
    frames = range(first, clock.end_frame + 1)
    edges = np.array([sample_of(frame, clock.rate, SAMPLE_RATE) for frame in frames])
    middles = (edges[:-1] + edges[1:]) / 2 - start + speech.start
    times = np.arange(len(curves)) * HOP
    return np.stack([np.interp(middles, times, column) for column in curves.T], 1)
