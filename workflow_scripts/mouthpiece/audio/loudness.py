"""How loud speech is, frame by frame."""

from fractions import Fraction

import numpy as np

from .speech import SAMPLE_RATE

VOICE_HZ = (120, 4000)

SPEECH_UNDER_PEAK_DB = 35.0
"""A frame this far under a cut's loud frames is no speech."""

SILENCE_DBFS = -60.0
"""A frame under this is silence, whatever the peak."""


def frame_energy_db(samples: np.ndarray, rate: Fraction | int, frames: int) -> np.ndarray:
    """Level [frames] in dBFS of the voice band, in a 40 ms or longer window around each frame.

    samples [N] float32, 16 kHz, from the start of the first frame on.
    """
    spectrum = np.fft.rfft(samples)
    pitch_hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    spectrum[(pitch_hz < VOICE_HZ[0]) | (pitch_hz > VOICE_HZ[1])] = 0
    band = np.fft.irfft(spectrum, len(samples))
    total = np.concatenate([[0.0], np.cumsum(band.astype(np.float64) ** 2)])
    frame = float(SAMPLE_RATE / Fraction(rate))
    half = max(frame, 0.04 * SAMPLE_RATE) / 2
    middle = (np.arange(frames) + 0.5) * frame
    low, high = (
        np.clip(np.rint(middle + sign * half), 0, len(samples)).astype(int) for sign in (-1, 1)
    )
    power = (total[high] - total[low]) / np.maximum(high - low, 1)
    return 10 * np.log10(np.maximum(power, 1e-12))


def frame_energy(samples: np.ndarray, rate: Fraction | int, frames: int) -> np.ndarray:
    """Loudness [frames] in [0, 1]: 0 is silence, 1 the cut's loud frames (95th percentile)."""
    level = frame_energy_db(samples, rate, frames)
    peak = max(float(np.percentile(level, 95)), SILENCE_DBFS + SPEECH_UNDER_PEAK_DB)
    return np.clip((level - peak) / SPEECH_UNDER_PEAK_DB + 1, 0, 1)
