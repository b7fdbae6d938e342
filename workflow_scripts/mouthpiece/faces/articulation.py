"""How a mouth articulates: how far it opens, widens and rounds, and how two mouths compare."""

from dataclasses import dataclass

import numpy as np

from .mouth import MEASURES, measures

ARTICULATORS = ("opening", "width", "rounding")
"""Columns of `articulation`.

opening: height between the inner lip contours. width: distance of the mouth's corners. rounding:
how far the lips are in front of the corners, which grows as they are pursed.
"""

REST_PERCENT, FULL_PERCENT = 5, 95
"""The percentiles that count as a mouth's least and greatest; beyond them landmarks tremble."""

LEAST_RANGE = 1e-4
"""A smaller range, in distances of the outer eye corners, is that of a still mouth."""


@dataclass(frozen=True)
class Span:
    """What a mouth does of one kind, in distances of the outer eye corners.

    Attributes:
        rest: The low end: for the opening, the mouth at rest.
        full: The high end.
    """

    rest: float
    full: float

    @property
    def range(self) -> float:
        """From the low end to the high one."""
        return self.full - self.rest

    @classmethod
    def of(cls, values: np.ndarray) -> "Span":
        """Find the ends of a curve.

        Args:
            values: [T] float; T may be 0.

        Returns:
            The ends, without the frames beyond the percentiles; 0 and 0 of no frames.
        """
        if not len(values):
            return cls(0.0, 0.0)
        rest, full = np.percentile(values, [REST_PERCENT, FULL_PERCENT])
        return cls(float(rest), float(full))


@dataclass(frozen=True)
class Likeness:
    """How a mouth that was drawn compares to the person's own.

    Attributes:
        correlation: Pearson's, over the frames; 0 where one of them is still.
        range_ratio: The drawn range over the person's own; infinite where that is still.
    """

    correlation: float
    range_ratio: float


def articulation(points: np.ndarray) -> np.ndarray:
    """Measure how a mouth articulates, with the head's motion removed.

    Args:
        points: Face meshes, [T, 468, 3] float, T at least 1.

    Returns:
        The columns of `ARTICULATORS`, in distances of the outer eye corners, [T, 3] float32.
    """
    columns = dict(zip(MEASURES, measures(points).T, strict=True))
    lips = (columns["upper_depth"] + columns["lower_depth"]) / 2
    return np.stack([columns["gap"], columns["width"], columns["corner_depth"] - lips], 1)


def likeness(drawn: np.ndarray, own: np.ndarray) -> Likeness:
    """Compare a drawn curve to the person's own in the same frames.

    Args:
        drawn: [T] float.
        own: [T] float.

    Returns:
        How alike they are.
    """
    had, has = Span.of(own).range, Span.of(drawn).range
    still = len(own) < 2 or min(float(np.std(own)), float(np.std(drawn))) < LEAST_RANGE
    correlation = 0.0 if still else float(np.corrcoef(drawn, own)[0, 1])
    return Likeness(correlation, has / had if had > LEAST_RANGE else float("inf"))


def open_share(opening: np.ndarray, own: Span, slack: float) -> np.ndarray:
    """Tell how far a mouth is open beyond the person's rest.

    Args:
        opening: [T] float, in distances of the outer eye corners.
        own: The person's own opening.
        slack: The share of the person's range that is still at rest.

    Returns:
        Whether the mouth is open beyond that in each frame, [T] bool.
    """
    return np.asarray(opening > own.rest + slack * own.range)


def lopsidedness(points: np.ndarray) -> np.ndarray:
    """Measure how unlike the two halves of a mouth open.

    Args:
        points: Face meshes, [T, 468, 3] float, T at least 1.

    Returns:
        The opening halfway to the left corner less that to the right one, in distances of the outer
        eye corners, [T] float32. People have one of their own.
    """
    columns = dict(zip(MEASURES, measures(points).T, strict=True))
    return np.asarray(columns["gap_left"] - columns["gap_right"])
