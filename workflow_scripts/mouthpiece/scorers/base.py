"""TODO"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np

SCORE_RATE = 25
"""Frames/s at which lips are judged, whatever the film's rate."""


@dataclass(frozen=True)
class Seen:
    """A face as it is seen in a frame.

    picture: [H, W, 3] uint8 RGB, the whole frame. points: [468, 3], the mesh in its pixels.
    """

    picture: np.ndarray
    points: np.ndarray


@dataclass(frozen=True)
class Score:
    """A cut's score.

    confidence: LSE-C, the median less the least of the distances over all offsets; more is better.
    distance: LSE-D, the least distance. offset_frames: where it lies, in frames of 25 fps.
    margin: for a scorer whose confidence is absolute, how far the best offset leads the median one;
    None where the confidence says just that. course: the confidence over time at that offset, at
    moments evenly spaced over the cut; empty where the scorer has none.
    """

    confidence: float
    distance: float
    offset_frames: int
    margin: float | None = None
    course: tuple[float, ...] = ()


class Scorer(Protocol):
    """What a scorer offers."""

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        """Score a face against sound of the same span.

        face: frames at 25 fps, each looked at once and let go, so that a stream may be given;
        samples [N] float32, 16 kHz mono.
        """


def points_of(face: Iterable[Seen]) -> np.ndarray:
    """The mesh alone, [T, 468, 3], for scorers that need no picture."""
    return np.stack([seen.points for seen in face])


def at_score_rate(face: Iterable[Seen], rate: Fraction, frames: int) -> Iterator[Seen]:
    """A face of `frames` frames at `rate` frames/s, at the judges' 25 frames/s, for them only.

    Each frame's middle decides: points are linear between frames, the picture is the nearest.
    No more than two frames are held.
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
    for _ in stream:  # a stream is read to its end, where its reader looks for missing frames
        pass
