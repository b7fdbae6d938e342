"""The filters of a mel spectrogram."""

import numpy as np

LINEAR_HZ, STEP = 1000.0, 15.0
"""Slaney's scale is linear up to the first, which is the second in mels."""

GROWTH = np.log(6.4) / 27
"""Above it, each mel is so much more in the logarithm."""


def mel_bank(bands: int, fft: int, rate_hz: int, lowest_hz: float, highest_hz: float) -> np.ndarray:
    """Build triangular filters of equal area, even on Slaney's mel scale (Auditory Toolbox).

    Args:
        bands: How many filters.
        fft: Samples of a spectrum.
        rate_hz: The sound's sample rate.
        lowest_hz: Where the first filter begins.
        highest_hz: Where the last one ends.

    Returns:
        The filters' weights of the spectrum's lines, [bands, fft // 2 + 1] float32.
    """
    edges = _hz(np.linspace(_mel(lowest_hz), _mel(highest_hz), bands + 2))
    line = np.arange(fft // 2 + 1) * rate_hz / fft
    below, middle, above = (edges[i : i + bands, None] for i in range(3))
    rising, falling = (line - below) / (middle - below), (above - line) / (above - middle)
    bank = np.clip(np.minimum(rising, falling), 0, None)
    return np.asarray(bank * 2 / (above - below), np.float32)


def _mel(hz: float) -> float:
    if hz < LINEAR_HZ:
        return hz * STEP / LINEAR_HZ
    return STEP + float(np.log(hz / LINEAR_HZ) / GROWTH)


def _hz(mel: np.ndarray) -> np.ndarray:
    linear = mel * LINEAR_HZ / STEP
    return np.where(mel < STEP, linear, LINEAR_HZ * np.exp((mel - STEP) * GROWTH))
