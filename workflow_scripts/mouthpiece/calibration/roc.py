"""The ROC curve of a gate: what passes at each threshold."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .statistics import Rate


@dataclass(frozen=True)
class Point:
    """What the gate passes at one threshold.

    Attributes:
        min_confidence: The threshold.
        false_pass: The bad drafts that pass.
        true_pass: The good drafts that pass.
    """

    min_confidence: float
    false_pass: Rate
    true_pass: Rate


def curve(good: np.ndarray, bad: np.ndarray) -> list[Point]:
    """List every threshold that tells drafts apart.

    Args:
        good: The highest threshold that each good draft passes, [G] float; -inf: it passes none.
        bad: The highest threshold that each bad draft passes, [B] float.

    Returns:
        The points, the highest threshold first. A threshold lies halfway between two neighbouring
        values.
    """
    scores = np.unique(np.concatenate([good, bad]))
    scores = scores[np.isfinite(scores)]
    if not len(scores):
        return [point(0.0, good, bad)]
    edges = [_between(low, high) for low, high in pairwise(scores)]
    floors = [math.floor(scores[0] * 1e4) / 1e4, *edges, math.floor(scores[-1] * 1e4 + 1) / 1e4]
    return [point(floor, good, bad) for floor in reversed(floors)]


def point(min_confidence: float, good: np.ndarray, bad: np.ndarray) -> Point:
    """Count what passes at one threshold.

    Args:
        min_confidence: The threshold.
        good: As in `curve`, [G] float.
        bad: As in `curve`, [B] float.

    Returns:
        The point of the curve.
    """
    return Point(
        min_confidence,
        Rate(int((bad >= min_confidence).sum()), len(bad)),
        Rate(int((good >= min_confidence).sum()), len(good)),
    )


def _between(low: float, high: float) -> float:
    """A threshold above `low`, at most `high`, of four digits where they suffice."""
    middle = float((low + high) / 2)
    short = round(middle, 4)
    return short if low < short <= high else middle
