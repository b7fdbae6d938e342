"""The sound that StableSyncNet hears: mel spectrograms as LatentSync's code computes them."""

from functools import cache

import numpy as np
import torch
from scipy.signal import lfilter

SAMPLE_RATE = 16000

BANDS, COLUMNS, COLUMNS_PER_S = 80, 52, 80
"""Mel bands, columns of a window of sound, and columns of a second."""

FFT, HOP = 800, 200

LOWEST_HZ, HIGHEST_HZ = 55.0, 7600.0

PREEMPHASIS = 0.97

REFERENCE_DB, FLOOR_DB, PEAK = 20.0, -100.0, 4.0


def mel(samples: np.ndarray) -> np.ndarray:
    """Compute LatentSync's mel spectrogram.

    Args:
        samples: 16 kHz mono, [N] float in [-1, 1).

    Returns:
        Levels in [-4, 4], 80 columns/s, [80, 1 + N // 200] float.
    """
    emphasized = torch.from_numpy(lfilter([1, -PREEMPHASIS], [1], samples).astype(np.float32))
    window = torch.hann_window(FFT)
    spectrum = torch.stft(
        emphasized, FFT, HOP, FFT, window, pad_mode="constant", return_complex=True
    )
    level = 20 * np.log10(np.maximum(mel_bank() @ spectrum.abs().numpy(), 10 ** (FLOOR_DB / 20)))
    share = (level - REFERENCE_DB - FLOOR_DB) / -FLOOR_DB
    return np.clip(PEAK * (2 * share - 1), -PEAK, PEAK)


@cache
def mel_bank() -> np.ndarray:
    """Build triangular filters of equal area, even on Slaney's mel scale.

    Returns:
        The filters' weights of the spectrum's lines, [80, 401] float32.
    """
    low, high = (_slaney_mel(hz) for hz in (LOWEST_HZ, HIGHEST_HZ))
    edges = np.array([_slaney_hz(m) for m in np.linspace(low, high, BANDS + 2)])
    line = np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT
    below, middle, above = (edges[i : i + BANDS, None] for i in range(3))
    rising, falling = (line - below) / (middle - below), (above - line) / (above - middle)
    bank = np.clip(np.minimum(rising, falling), 0, None)
    return (bank * 2 / (above - below)).astype(np.float32)


def _slaney_mel(hz: float) -> float:
    """Linear up to 1000 Hz, logarithmic above (Slaney, Auditory Toolbox)."""
    return hz * 3 / 200 if hz < 1000 else 15 + float(np.log(hz / 1000)) * 27 / float(np.log(6.4))


def _slaney_hz(m: float) -> float:
    return m * 200 / 3 if m < 15 else 1000 * float(np.exp((m - 15) * np.log(6.4) / 27))
