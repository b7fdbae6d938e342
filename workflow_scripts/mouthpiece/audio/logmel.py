"""Sound as the embedded networks hear it: log-mel bands, independent of the recording's gain.

`training.logmel` computes the same on batches, with PyTorch.
"""

from functools import cache

import numpy as np

SAMPLE_RATE = 16000

HOP = SAMPLE_RATE // 100
"""Samples from one row to the next: 10 ms."""

WINDOW, FFT = 400, 512
"""Samples in a window: 25 ms; and in its Fourier transform."""

BANDS = 64

LOWEST_HZ, HIGHEST_HZ = 60.0, 7600.0
"""The edges of the lowest and the highest band."""

SPAN_DB = 70.0
"""Levels further below the loud level are cut off."""

LOUD_SHARE = 0.95
"""The quantile of a clip's levels that is its loud level."""

QUIETEST_DB = -45.0
"""The lowest loud level, in dB of full scale: fainter sound is not amplified further."""

DECIBEL_SCALE = 20.0
"""Decibels of one unit of a feature."""

SMALLEST_POWER = 1e-10
"""Added to a band's power before its logarithm."""


def power_spectrum(samples: np.ndarray) -> np.ndarray:
    """Compute power spectra, centred on every `HOP`-th sample.

    Args:
        samples: 16 kHz mono, [N] float32.

    Returns:
        Power, [N // HOP + 1, FFT // 2 + 1] float32.
    """
    reach = WINDOW // 2
    padded = np.pad(samples.astype(np.float32), reach)
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    spectrum = np.fft.rfft(windows * _window(), FFT)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.asarray(power / np.float32(WINDOW * WINDOW / 8))


@cache
def _window() -> np.ndarray:
    """Hann's window, periodic, [WINDOW] float32."""
    turn = 2 * np.pi * np.arange(WINDOW) / WINDOW
    return (0.5 - 0.5 * np.cos(turn)).astype(np.float32)


def mel(hz: float) -> float:
    """Convert a frequency to mel (O'Shaughnessy, "Speech Communication", 1987).

    Args:
        hz: A frequency in Hz.

    Returns:
        The same in mel.
    """
    return 2595 * float(np.log10(1 + hz / 700))


def band_edges() -> np.ndarray:
    """Compute the edges of the triangular bands, even in mel.

    Returns:
        Edges in Hz, [BANDS + 2] float64.
    """
    at = np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), BANDS + 2)
    return np.asarray(700 * (10 ** (at / 2595) - 1))


@cache
def filter_bank(stretch: float) -> np.ndarray:
    """Build triangular filters.

    Each sums to one, so that a band is the mean power under it. A band that is narrower than the
    spacing of the spectrum interpolates between its lines.

    Args:
        stretch: What the edges of the bands are divided by. A voice then sounds with its resonances
            `stretch` times as high, as from a vocal tract of another length.

    Returns:
        The filters' weights of the spectrum's lines, [FFT // 2 + 1, BANDS] float32.
    """
    spacing = SAMPLE_RATE / FFT
    line = np.arange(FFT // 2 + 1)[:, None] * spacing
    edges = np.minimum(band_edges() / stretch, SAMPLE_RATE / 2)
    low, middle, high = (edges[i : i + BANDS] for i in range(3))
    left, right = np.minimum(low, middle - spacing), np.maximum(high, middle + spacing)
    bank = np.minimum((line - left) / (middle - left), (right - line) / (right - middle))
    bank = np.maximum(bank, 0)
    return np.asarray(bank / bank.sum(0), np.float32)


def log_mel(power: np.ndarray, stretch: float = 1.0) -> np.ndarray:
    """Compute the features of sound: band levels in relation to the clip's loud level.

    Args:
        power: What `power_spectrum` returns, [T, FFT // 2 + 1] float32.
        stretch: See `filter_bank`.

    Returns:
        Features in [-3.5, about 1], row k centred at sample k * HOP, [T, BANDS] float32.
    """
    levels = 10 * np.log10(power @ filter_bank(stretch) + np.float32(SMALLEST_POWER))
    loud = max(float(np.quantile(levels.max(1), LOUD_SHARE)), QUIETEST_DB)
    return np.asarray(np.maximum(levels - np.float32(loud), -SPAN_DB) / DECIBEL_SCALE, np.float32)
