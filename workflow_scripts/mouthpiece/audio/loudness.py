"""How loud speech is in each frame."""

from fractions import Fraction

import numpy as np

from .speech import SAMPLE_RATE

VOICE_HZ = (120, 4000)
"""The band in which voices are measured."""

SPEECH_UNDER_PEAK_DB = 35.0
"""A frame this far below a cut's loud frames is not speech."""

SILENCE_DBFS = -60.0
"""A frame below this is silence, whatever the peak."""


def frame_energy_db(samples: np.ndarray, rate: Fraction | int, frames: int) -> np.ndarray:
    """Measure the level of the voice band, in a window of 40 ms or more around each frame.

    Args:
        samples: 16 kHz mono from the start of the first frame on, [N] float32.
        rate: Frames per second.
        frames: How many frames are measured.

    Returns:
        Levels in dB of full scale, [frames] float64.
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
    """Measure loudness relative to the cut's loud frames, the 95th percentile.

    Args:
        samples: 16 kHz mono from the start of the first frame on, [N] float32.
        rate: Frames per second.
        frames: How many frames are measured.

    Returns:
        0 for silence to 1 for loud frames, [frames] float64.
    """
    level = frame_energy_db(samples, rate, frames)
    peak = max(float(np.percentile(level, 95)), SILENCE_DBFS + SPEECH_UNDER_PEAK_DB)
    return np.clip((level - peak) / SPEECH_UNDER_PEAK_DB + 1, 0, 1)
