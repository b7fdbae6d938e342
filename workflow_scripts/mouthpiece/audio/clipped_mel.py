"""The mel spectrogram of Wav2Lip, which LatentSync's StableSyncNet takes, too: clipped levels."""

from functools import cache
from typing import Literal

import numpy as np

from .mel_bank import mel_bank
from .speech import SAMPLE_RATE

BANDS, COLUMNS_PER_S = 80, 80

FFT, HOP = 800, SAMPLE_RATE // COLUMNS_PER_S

LOWEST_HZ, HIGHEST_HZ = 55.0, 7600.0

PREEMPHASIS = 0.97

REFERENCE_DB, FLOOR_DB, PEAK = 20.0, -100.0, 4.0
"""The floor and the reference above it become -`PEAK` and `PEAK`."""

BLOCK_COLUMNS = 4096
"""Columns that are at work at once, so that long sounds take no more memory."""


def clipped_mel(samples: np.ndarray, beyond: Literal["silence", "mirror"]) -> np.ndarray:
    """Compute the spectrogram of a sound.

    Args:
        samples: 16 kHz mono, [N] float in [-1, 1).
        beyond: What lies beyond the ends. librosa mirrored the sound until 0.8, which Wav2Lip was
            published with.

    Returns:
        Levels in [-4, 4], column k centred at sample k * `HOP`, [80, 1 + N // 200] float32.
    """
    emphasized = samples.astype(np.float64)
    emphasized[1:] -= PREEMPHASIS * emphasized[:-1].copy()
    padded = np.pad(emphasized, FFT // 2, "reflect" if beyond == "mirror" else "constant")
    windows = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP]
    parts = (
        windows[first : first + BLOCK_COLUMNS] for first in range(0, len(windows), BLOCK_COLUMNS)
    )
    bands = [_bank() @ np.abs(np.fft.rfft(part * _window(), axis=1)).T for part in parts]
    level = 20 * np.log10(np.maximum(np.concatenate(bands, 1), 10 ** (FLOOR_DB / 20)))
    share = (level - REFERENCE_DB - FLOOR_DB) / -FLOOR_DB
    return np.clip(PEAK * (2 * share - 1), -PEAK, PEAK).astype(np.float32)


@cache
def _window() -> np.ndarray:
    """Hann's window, periodic, [FFT] float64."""
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT))


@cache
def _bank() -> np.ndarray:
    return mel_bank(BANDS, FFT, SAMPLE_RATE, LOWEST_HZ, HIGHEST_HZ)
