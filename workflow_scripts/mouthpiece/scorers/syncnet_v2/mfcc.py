"""The sound that SyncNet hears: MFCC as the package python_speech_features computes them."""

import numpy as np
from scipy.fft import dct

SAMPLE_RATE = 16000

COEFFICIENTS, BANDS, LIFTER = 13, 26, 22

WINDOW, HOP, FFT = 400, 160, 512

PREEMPHASIS = 0.97

FULL_SCALE = 32768
"""SyncNet takes 16 bit samples; the first coefficient is the logarithm of their energy."""


def mfcc(samples: np.ndarray) -> np.ndarray:
    """Compute MFCC as python_speech_features does by default.

    Windows of 25 ms of pre-emphasized sound without a taper, 26 triangular bands whose edges are
    whole lines of the spectrum, an orthonormal DCT, liftered; the first coefficient is replaced by
    the logarithm of the energy. The last window is padded with zeros.

    Args:
        samples: 16 kHz mono, [N] float in [-1, 1), N at least 1.

    Returns:
        Coefficients, 100 rows/s, [T, 13] float64.
    """
    heard = np.clip(np.round(samples.astype(np.float64) * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
    heard[1:] -= PREEMPHASIS * heard[:-1]
    rows = 1 + max(0, -(-(len(heard) - WINDOW) // HOP))
    heard = np.pad(heard, (0, (rows - 1) * HOP + WINDOW - len(heard)))
    windows = np.lib.stride_tricks.sliding_window_view(heard, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(windows, FFT)) ** 2 / FFT
    tiny = np.finfo(float).eps
    energy, bands = (np.where(x == 0, tiny, x) for x in (power.sum(1), power @ mel_bank().T))
    cepstrum = dct(np.log(bands), axis=1, norm="ortho")[:, :COEFFICIENTS]
    cepstrum *= 1 + LIFTER / 2 * np.sin(np.pi * np.arange(COEFFICIENTS) / LIFTER)
    cepstrum[:, 0] = np.log(energy)
    return cepstrum


def mel_bank() -> np.ndarray:
    """Build triangular filters, even in mel from 0 to 8000 Hz, with edges on whole lines.

    Returns:
        The filters' weights of the spectrum's lines, [26, 257] float64.
    """
    mels = np.linspace(0, 2595 * np.log10(1 + SAMPLE_RATE / 2 / 700), BANDS + 2)
    edges = np.floor((FFT + 1) * 700 * (10 ** (mels / 2595) - 1) / SAMPLE_RATE)
    low, middle, high = (edges[i : i + BANDS, None] for i in range(3))
    line = np.arange(FFT // 2 + 1)
    rising, falling = (line - low) / (middle - low), (high - line) / (high - middle)
    return np.clip(np.minimum(rising, falling), 0, None)
