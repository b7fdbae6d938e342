"""The pitch of a voice."""

import numpy as np

from .speech import SAMPLE_RATE

LOWEST_HZ, HIGHEST_HZ = 60.0, 420.0
"""The range of speaking voices."""

WINDOW, HOP = SAMPLE_RATE // 20, SAMPLE_RATE // 100
"""Samples of a window, three periods of the lowest pitch, and from one to the next."""

VOICED = 0.6
"""The least autocorrelation of a voiced window, as a share of its power."""

FIRST_PEAK = 0.9
"""The shortest period whose peak is this share of the highest one is the pitch: the multiples of a
period have peaks as high."""

UNDER_LOUD_DB = 25.0
"""A window this far below the loud ones is not listened to."""

BLOCK = 4096
"""Windows that are worked on at once."""


def median_pitch_hz(samples: np.ndarray) -> float:
    """Measure the median pitch of speech, by the autocorrelation of its voiced windows.

    Args:
        samples: 16 kHz mono, [N] float32, of one speaker.

    Returns:
        The pitch in Hz; 0 where nothing is voiced.
    """
    if len(samples) < WINDOW:
        return 0.0
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    power = np.concatenate(
        [(block**2).mean(axis=1) for block in np.array_split(windows, len(windows) // BLOCK + 1)]
    )
    loud = power > np.quantile(power, 0.95) * 10 ** (-UNDER_LOUD_DB / 10)
    pitches = [_pitches(windows[part]) for part in _blocks(np.flatnonzero(loud & (power > 0)))]
    voiced = np.concatenate(pitches) if pitches else np.empty(0)
    voiced = voiced[voiced > 0]
    return float(np.median(voiced)) if len(voiced) else 0.0


def _blocks(indices: np.ndarray) -> list[np.ndarray]:
    return [indices[start : start + BLOCK] for start in range(0, len(indices), BLOCK)]


def _pitches(windows: np.ndarray) -> np.ndarray:
    """The pitch of each window in Hz, 0 where it is not voiced; [K]."""
    centred = windows - windows.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * WINDOW, axis=1)
    shortest, longest = int(SAMPLE_RATE / HIGHEST_HZ), int(SAMPLE_RATE / LOWEST_HZ)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, : longest + 2]
    # A lag leaves fewer products to sum: as if there were as many at each.
    correlation = correlation / correlation[:, :1] * (WINDOW / (WINDOW - np.arange(longest + 2)))
    middle = correlation[:, 1:-1]
    is_peak = (middle >= correlation[:, :-2]) & (middle > correlation[:, 2:])
    peaks = np.where(is_peak, middle, 0.0)[:, shortest - 1 :]
    highest = peaks.max(axis=1)
    first = np.argmax(peaks >= FIRST_PEAK * highest[:, None], axis=1) + shortest
    return np.where(highest >= VOICED, SAMPLE_RATE / first, 0.0)
