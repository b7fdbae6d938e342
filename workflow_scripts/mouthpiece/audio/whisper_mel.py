"""Whisper's log-mel spectrogram (Radford et al., arXiv:2212.04356), and what it is made with."""

from functools import cache

import numpy as np

from .mel_bank import mel_bank
from .speech import SAMPLE_RATE

BANDS, FFT, HOP = 80, 400, SAMPLE_RATE // 100

ROW = 2 * HOP
"""Samples from one row of what the encoder hears to the next: 20 ms."""

LEAST_POWER, RANGE = 1e-10, 8.0
"""What a band's power is at least, and how far it may lie below the loudest, as a power of ten."""


def spectrogram(samples: np.ndarray) -> np.ndarray:
    """Compute the spectrogram of a sound of any length; what is beyond it is silence.

    Args:
        samples: 16 kHz mono, [N] float32.

    Returns:
        Log mel bands, a row every `HOP` samples, [2 * (N // ROW + 1), BANDS] float32.
    """
    rows = 2 * (len(samples) // ROW + 1)
    padded = np.pad(samples.astype(np.float32), (FFT // 2, FFT // 2 + 2 * ROW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP][:rows]
    power = np.square(np.abs(np.fft.rfft(windows * _window(), axis=1))).astype(np.float32)
    levels = np.log10(np.maximum(power @ filters().T, LEAST_POWER))
    return np.asarray((np.maximum(levels, levels.max() - RANGE) + 4) / 4, np.float32)


@cache
def filters() -> np.ndarray:
    """Build the mel filters.

    Returns:
        The filters' weights of the spectrum's lines, [BANDS, FFT // 2 + 1] float32.
    """
    return mel_bank(BANDS, FFT, SAMPLE_RATE, 0.0, SAMPLE_RATE / 2)


@cache
def _window() -> np.ndarray:
    """Hann's window, periodic, [FFT] float32."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT)).astype(np.float32)
