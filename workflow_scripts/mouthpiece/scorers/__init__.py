"""Sync scorers: each says how well lips and sound go together, in SyncNet's terms.

Chung and Zisserman, "Out of time: automated lip sync in the wild", ACCV Workshops 2016; LSE-C and
LSE-D are Prajwal et al.'s names (Wav2Lip, ACM MM 2020). Scores of different scorers are never
compared. Each scorer is the module of its name; `docs/scorers.md` says what each knows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from ..clock import Clock
from ..runs import runs

SCORE_RATE = 25
"""Frames/s at which lips are judged, whatever the film's rate."""
SEES_POINTS_ONLY = frozenset({"embedded", "aperture"})
"""Scorers that look at no picture: where the mesh is known, none need be decoded for them."""


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


def scorer(name: str) -> Scorer:
    """The scorer of that name. Raises InputError where its weights are not there."""
    if name == "embedded":
        from .embedded import Embedded

        return Embedded()
    if name == "aperture":
        from .aperture import Aperture

        return Aperture()
    if name == "syncnet_v2":
        from .syncnet_v2 import SyncnetV2

        return SyncnetV2()
    if name == "latentsync":
        from .latentsync import Latentsync

        return Latentsync()
    raise ValueError(f"no scorer {name!r}")


def scored(
    name: str, face: Iterable[Seen], clock: Clock, samples: np.ndarray, spoken: np.ndarray
) -> dict[str, Any]:
    """What a scorer says of a cut, as JSON values: a `Score`'s, with what a gate asks besides.

    face: the clock's frames, at their own rate; samples: those of the cut; spoken: the frames [T]
    bool in which somebody speaks. `speech` has their runs: first frame, and end.
    """
    found = scorer(name).score(at_score_rate(face, clock.rate, clock.frames), samples)
    return {
        "scorer": name,
        **asdict(found),
        "duration_s": float(clock.frames / clock.rate),
        "speech_s": float(spoken.sum() / clock.rate),
        "speech": runs(spoken),
    }


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
