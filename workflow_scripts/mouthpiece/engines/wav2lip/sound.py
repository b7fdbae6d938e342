"""Which sound a frame is drawn from: 0.2 s of a mel spectrogram, from where the frame begins."""

import math
from fractions import Fraction

import numpy as np

from ...audio.clipped_mel import COLUMNS_PER_S
from ...audio.speech import SAMPLE_RATE
from .network import COLUMNS


def first_columns(columns: int, start: int, frames: int, rate: Fraction) -> np.ndarray:
    """Find where each frame's sound begins. Beyond the ends the first or the last is heard.

    Args:
        columns: How many columns the spectrogram has.
        start: The sample at which the first frame starts.
        frames: How many frames there are.
        rate: Frames/s, exact.

    Returns:
        Column numbers, [frames] int64.
    """
    begin = Fraction(start * COLUMNS_PER_S, SAMPLE_RATE)
    found = [math.floor(begin + frame * COLUMNS_PER_S / rate) for frame in range(frames)]
    return np.clip(np.array(found, np.int64), 0, max(columns - COLUMNS, 0))


def windows(mel: np.ndarray, firsts: np.ndarray) -> np.ndarray:
    """Cut the sound of each frame out of a spectrogram.

    Args:
        mel: [80, columns] float32, at least `COLUMNS` of them.
        firsts: What `first_columns` gave, [T].

    Returns:
        [T, 80, 16] float32.
    """
    return np.lib.stride_tricks.sliding_window_view(mel, COLUMNS, axis=1)[:, firsts].swapaxes(0, 1)
