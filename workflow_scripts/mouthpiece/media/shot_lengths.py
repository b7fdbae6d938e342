"""Lengths of shots: too short ones are merged, too long ones are split."""

import itertools
from collections.abc import Sequence

import numpy as np

from .thumbnails import difference

SEAM_SHARE = 10
"""A split may lie beside its even place by the longest shot's length divided by this."""


def merge_short(starts: Sequence[int], grey: np.ndarray, min_frames: int) -> list[int]:
    """Drop starts until no shot is shorter than `min_frames`.

    The shortest shot goes first, into the neighbour that it resembles.

    Args:
        starts: First frames of the shots; 0 may be missing.
        grey: Grey thumbnails of the film, [T, H, W] uint8.
        min_frames: The least length, in frames.

    Returns:
        First frames of the shots that are left, in order, without 0.
    """
    edges = [0, *sorted(start for start in set(starts) if 0 < start < len(grey)), len(grey)]
    while len(edges) > 2:
        lengths = np.diff(edges)
        shortest = int(lengths.argmin())
        if lengths[shortest] >= min_frames:
            break
        sides = [edge for edge in edges[shortest : shortest + 2] if 0 < edge < len(grey)]
        edges.remove(min(sides, key=lambda edge: difference(grey[edge - 1], grey[edge])))
    return edges[1:-1]


def split_long(starts: Sequence[int], grey: np.ndarray, longest_frames: int) -> list[int]:
    """Add starts until no shot is longer than `longest_frames`.

    A shot is split into about equal parts, where its picture is stillest. So a talk filmed in one
    shot is a row of jobs of bounded memory, which are resumed, run side by side and judged one by
    one.

    Args:
        starts: First frames of the shots, in order, without 0.
        grey: Grey thumbnails of the film, [T, H, W] uint8.
        longest_frames: The greatest length, in frames.

    Returns:
        First frames of the parts, in order, without 0.
    """
    split: list[int] = []
    for first, end in itertools.pairwise([0, *starts, len(grey)]):
        split.append(first)
        for left in range(-(-(end - first) // longest_frames), 1, -1):
            split.append(_stillest(split[-1], end, left, grey, longest_frames))
    return split[1:]


def _stillest(first: int, end: int, parts: int, grey: np.ndarray, longest_frames: int) -> int:
    """Where the first of so many parts of a shot ends, so that none need be longer."""
    even, reach = first + (end - first) // parts, longest_frames // SEAM_SHARE
    low = max(even - reach, end - (parts - 1) * longest_frames, first + 1)
    high = min(even + reach, first + longest_frames)
    return min(range(low, high + 1), key=lambda n: difference(grey[n - 1], grey[n]))
