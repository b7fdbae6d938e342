"""The sound that StableSyncNet hears: mel spectrograms as LatentSync's code computes them."""

from functools import cache

import numpy as np
import torch
from scipy.signal import lfilter

from ...audio.mel_bank import mel_bank

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
    level = 20 * np.log10(np.maximum(_bank() @ spectrum.abs().numpy(), 10 ** (FLOOR_DB / 20)))
    share = (level - REFERENCE_DB - FLOOR_DB) / -FLOOR_DB
    return np.clip(PEAK * (2 * share - 1), -PEAK, PEAK)


@cache
def _bank() -> np.ndarray:
    return mel_bank(BANDS, FFT, SAMPLE_RATE, LOWEST_HZ, HIGHEST_HZ)
