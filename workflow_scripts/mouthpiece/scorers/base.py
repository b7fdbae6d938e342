"""What every sync scorer takes and gives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

import numpy as np

SCORE_RATE = 25
"""Frames/s at which lips are scored, whatever the film's rate: SyncNet's."""


@dataclass(frozen=True)
class Seen:
    """A face in a frame.

    Attributes:
        picture: The whole frame, RGB, [H, W, 3] uint8.
        points: The face mesh in the picture's pixels, [468, 3] float.
    """

    picture: np.ndarray
    points: np.ndarray


@dataclass(frozen=True)
class Score:
    """A cut's score.

    Attributes:
        confidence: LSE-C, the median less the least of the distances over all offsets; higher is
            better.
        distance: LSE-D, the least distance.
        offset_frames: The offset of the least distance, in frames of 25 fps; positive where the
            sound comes before the lips.
        margin: How far the best offset is ahead of the median one, for a scorer whose confidence
            is absolute; None where the confidence is that margin.
        course: The confidence over time at the best offset, at moments evenly spaced over the cut;
            empty where the scorer has none.
        table: The distances by frame and offset, [T, 31] float, columns as in `lse.OFFSETS`; None
            where the scorer has none. It is not kept in files.
    """

    confidence: float
    distance: float
    offset_frames: int
    margin: float | None = None
    course: tuple[float, ...] = ()
    table: np.ndarray | None = field(default=None, compare=False, repr=False)


class Scorer(Protocol):
    """A sync scorer."""

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        """Score a face against sound of the same span.

        Args:
            face: Frames at 25 fps. They are read once, in order, so a generator will do.
            samples: 16 kHz mono, [N] float32 in [-1, 1).

        Returns:
            The score.
        """
        ...


def points_of(face: Iterable[Seen]) -> np.ndarray:
    """Collect the meshes of a face, for scorers that need no pictures.

    Args:
        face: T frames.

    Returns:
        The meshes, [T, 468, 3] float.
    """
    return np.stack([seen.points for seen in face])


def at_score_rate(face: Iterable[Seen], rate: Fraction, frames: int) -> Iterator[Seen]:
    """Resample a face to 25 frames/s.

    Points are interpolated between the middles of frames; the picture is the nearest one. At most
    two frames are held.

    Args:
        face: The frames; they are read to their end.
        rate: Their rate, in frames/s.
        frames: How many there are.

    Yields:
        The frames at `SCORE_RATE`; at least one.
    """
    if rate == SCORE_RATE:
        yield from face
        return
    wanted = max(1, int(frames * SCORE_RATE / rate))
    at = np.clip((np.arange(wanted) + 0.5) * float(rate / SCORE_RATE) - 0.5, 0, frames - 1)
    stream = enumerate(face)
    index, after = next(stream)
    before = after
    for moment in at:
        while index < moment:
            before = after
            index, after = next(stream)
        share = float(moment - (index - 1)) if index > 0 else 1.0
        nearest = after if share >= 0.5 else before
        yield Seen(nearest.picture, before.points * (1 - share) + after.points * share)
    for _ in stream:  # readers check for missing frames at their end
        pass
