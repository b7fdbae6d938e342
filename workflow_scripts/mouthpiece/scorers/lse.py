"""SyncNet's arithmetic: from frame distances to LSE-D, LSE-C and the offset.

Chung and Zisserman, "Out of time: automated lip sync in the wild", ACCV Workshops 2016, whose
public code computes, over the mean distance at each of 31 offsets: the least (later named LSE-D),
the median less the least (LSE-C), and the place of the least.

Where the cut's ends leave an offset without sound, the public code measures against zeros, which
pulls the ends of the curve towards the length of the lips' embedding. `syncnet_v2` does so too, so
that its scores are those that papers report; the other scorers let it say nothing (`filled`).

Sign of the offset: as SyncNet's, positive where the sound comes before the lips (the sound heard at
frame t belongs to the lips of frame t + offset), negative where the sound is late.
"""

from typing import Literal

import numpy as np
from scipy.ndimage import median_filter

from .base import Score

MAX_OFFSET_FRAMES = 15

COURSE_FRAMES = 9
"""Frames over which a score over time is smoothed."""

OFFSETS = np.arange(MAX_OFFSET_FRAMES, -MAX_OFFSET_FRAMES - 1, -1)
"""SyncNet's order: column k of a distance table holds the sound of frame t + k - 15, whose offset
is 15 - k."""


def distance_table(
    lips: np.ndarray,
    sound: np.ndarray,
    beyond: Literal["unknown", "zeros"] = "unknown",
    frames: np.ndarray | None = None,
) -> np.ndarray:
    """Euclidean distances [T, 31] between embeddings of lips [T, D] and of sound [S, D].

    frames [T] int: which frame each row of lips is of; default 0 to T - 1. Sound's rows are of
    frames 0 to S - 1. `beyond` is what stands for sound that is not there: "unknown" gives NaN;
    "zeros" an embedding of zeros, as SyncNet's public code has it.
    """
    frames = np.arange(len(lips)) if frames is None else frames
    columns = []
    for offset in OFFSETS:  # a column at a time: the whole at once takes 31 times the embeddings
        heard = frames - offset
        inside = (heard >= 0) & (heard < len(sound))
        distance = np.linalg.norm(lips - sound[np.clip(heard, 0, len(sound) - 1)], axis=1)
        outside = np.linalg.norm(lips, axis=1) if beyond == "zeros" else np.nan
        columns.append(np.where(inside, distance, outside))
    return np.stack(columns, axis=1)


def filled(table: np.ndarray) -> np.ndarray:
    """A table [T, 31] without NaN.

    Where a frame has no sound at an offset (NaN), which in a short cut is often, that says nothing
    for or against: the frame's mean distance stands in.
    """
    neutral = np.nanmean(table, axis=1, keepdims=True)
    return np.where(np.isnan(table), neutral, table)


def curve(table: np.ndarray) -> np.ndarray:
    """Mean distance [31] at each offset of a table [T, 31], NaN filled."""
    return filled(table).mean(0)


def lse(table: np.ndarray) -> Score:
    """The score of a distance table [T, 31], T at least 1."""
    distances = filled(table)
    mean = distances.mean(0)
    best = int(mean.argmin())
    return Score(
        confidence=float(np.median(mean) - mean[best]),
        distance=float(mean[best]),
        offset_frames=int(OFFSETS[best]),
        course=over_time(np.median(distances, axis=1) - distances[:, best]),
    )


def over_time(values: np.ndarray) -> tuple[float, ...]:
    """A frame's confidences [T], each the median of those around it, as SyncNet's code has them."""
    return tuple(float(v) for v in median_filter(values, COURSE_FRAMES, mode="nearest").round(3))
