"""SyncNet's arithmetic: from frame distances to LSE-D, LSE-C and the offset.

Chung and Zisserman, "Out of time: automated lip sync in the wild", ACCV Workshops 2016, whose
public code computes, over the mean distance at each of 31 offsets: the least (later named LSE-D),
the median less the least (LSE-C), and the place of the least.

Sign of the offset: as SyncNet's, positive where the sound comes before the lips (the sound heard at
frame t belongs to the lips of frame t + offset), negative where the sound is late.
"""

import numpy as np

from . import Score

MAX_OFFSET_FRAMES = 15
OFFSETS = np.arange(MAX_OFFSET_FRAMES, -MAX_OFFSET_FRAMES - 1, -1)
"""SyncNet's order: column k of a distance table holds the sound of frame t + k - 15, whose offset
is 15 - k."""


def distance_table(lips: np.ndarray, sound: np.ndarray) -> np.ndarray:
    """Distances [T, 31] between embeddings [T, D] of lips and of sound, NaN beyond the sound."""
    frames = len(lips)
    heard = np.arange(frames)[:, None] - OFFSETS
    inside = (heard >= 0) & (heard < frames)
    table = np.linalg.norm(lips[:, None] - sound[np.clip(heard, 0, frames - 1)], axis=2)
    return np.where(inside, table, np.nan)


def curve(table: np.ndarray) -> np.ndarray:
    """Mean distance [31] at each offset of a table [T, 31].

    Where a frame has no sound at an offset (NaN), which in a short cut is often, that says nothing
    for or against: the frame's mean distance stands in.
    """
    neutral = np.nanmean(table, axis=1, keepdims=True)
    return np.where(np.isnan(table), neutral, table).mean(0)


def lse(table: np.ndarray) -> Score:
    """The score of a distance table [T, 31], T at least 1."""
    mean = curve(table)
    best = int(mean.argmin())
    return Score(
        confidence=float(np.median(mean) - mean[best]),
        distance=float(mean[best]),
        offset_frames=int(OFFSETS[best]),
    )
