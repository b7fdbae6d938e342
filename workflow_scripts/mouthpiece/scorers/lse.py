"""SyncNet's arithmetic: from frame distances to LSE-D, LSE-C and the offset.

Source: Chung and Zisserman, "Out of time: automated lip sync in the wild", ACCV Workshops 2016.
Their public code takes the mean distance at each of 31 offsets and computes the least (later named
LSE-D), the median less the least (LSE-C), and the offset of the least.

At the ends of a cut some offsets have no sound. The public code measures against zeros there, which
pulls the ends of the curve towards the length of the lips' embedding. `syncnet_v2` does the same,
so that its scores are those that papers report; the other scorers leave these offsets out
(`filled`).

Sign of the offset, as SyncNet's: positive where the sound comes before the lips (the sound at frame
t belongs to the lips of frame t + offset), negative where the sound is late.
"""

from typing import Literal

import numpy as np

from ..core.curves import median
from .base import Score

MAX_OFFSET_FRAMES = 15
"""The largest offset that is tried either way, in frames of 25 fps."""

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
    """Compute the distances between embeddings of lips and of sound at each offset.

    Args:
        lips: Embeddings of lips, [T, D] float.
        sound: Embeddings of the sound at frames 0 to S - 1, [S, D] float.
        beyond: What stands for sound outside these frames. "unknown" gives NaN; "zeros" an
            embedding of zeros, as in SyncNet's public code.
        frames: The frame of each row of `lips`, [T] int; default 0 to T - 1.

    Returns:
        Euclidean distances, [T, 31] float, columns as in `OFFSETS`.
    """
    frames = np.arange(len(lips)) if frames is None else frames
    columns = []
    for offset in OFFSETS:  # a column at a time; all at once takes 31 times the memory
        heard = frames - offset
        inside = (heard >= 0) & (heard < len(sound))
        distance = np.linalg.norm(lips - sound[np.clip(heard, 0, len(sound) - 1)], axis=1)
        outside = np.linalg.norm(lips, axis=1) if beyond == "zeros" else np.nan
        columns.append(np.where(inside, distance, outside))
    return np.stack(columns, axis=1)


def filled(table: np.ndarray) -> np.ndarray:
    """Replace missing distances by the frame's mean distance, which favours no offset.

    Args:
        table: Distances, [T, 31] float; NaN where a frame has no sound at an offset.

    Returns:
        The distances without NaN, [T, 31] float.
    """
    fallback = np.nanmean(table, axis=1, keepdims=True)
    return np.where(np.isnan(table), fallback, table)


def curve(table: np.ndarray) -> np.ndarray:
    """Average a distance table over its frames.

    Args:
        table: Distances, [T, 31] float; NaN is filled.

    Returns:
        The mean distance at each offset, [31] float.
    """
    return filled(table).mean(0)


def lse(table: np.ndarray) -> Score:
    """Score a distance table.

    Args:
        table: Distances, [T, 31] float, T at least 1; NaN is filled.

    Returns:
        LSE-C as confidence, LSE-D as distance, the offset and the confidence over time.
    """
    distances = filled(table)
    mean = distances.mean(0)
    best = int(mean.argmin())
    return Score(
        confidence=float(np.median(mean) - mean[best]),
        distance=float(mean[best]),
        offset_frames=int(OFFSETS[best]),
        course=over_time(np.median(distances, axis=1) - distances[:, best]),
        table=distances,
    )


def over_time(values: np.ndarray) -> tuple[float, ...]:
    """Smooth confidences over time by a median filter, as SyncNet's code does.

    Args:
        values: A confidence for each frame, [T] float.

    Returns:
        The smoothed confidences, T of them, rounded to three digits.
    """
    return tuple(float(v) for v in median(values, COURSE_FRAMES).round(3))
