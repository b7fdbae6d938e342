"""TODO"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from .cuts import Cut, read_boundaries
from .timeline import Clock, LoopedClock

Turn = tuple[Cut, bool]
"""A cut, and whether it is shown backward."""


@dataclass(frozen=True)
class Piece:
    """A cut of a looped film: `shown` is the video's cut that stands there, whole or its start."""

    cut: Cut
    shown: Cut
    backward: bool

    @property
    def is_whole(self) -> bool:
        """Whether all frames of the video's cut are shown."""
        return self.cut.frames == self.shown.frames

    def clock(self, rate: Fraction) -> LoopedClock:
        """Its frames, at the film's rate."""
        shown = Clock(rate, self.shown.first_frame, self.shown.frames)
        return LoopedClock(rate, self.cut.first_frame, self.cut.frames, shown, self.backward)


def pieces(cuts: list[Cut], frames: int) -> list[Piece]:
    """The cuts of a film of `frames` frames that loops a video's cuts.

    The last and the first picture stand twice where the film turns, as in MuseTalk's own cycle.
    """
    made: list[Piece] = []
    first = 0
    for shown, backward in _turns(cuts):
        made.append(Piece(Cut.of(first, min(shown.frames, frames - first)), shown, backward))
        first = made[-1].cut.end_frame
        if first >= frames:
            break
    return made


def _turns(cuts: list[Cut]) -> Iterator[Turn]:
    forward = [(cut, False) for cut in cuts]
    backward = [(cut, True) for cut in reversed(cuts)]
    return itertools.cycle([*forward, *backward])


def film_cuts(boundaries: Path, looped_frames: int) -> list[Cut]:
    """The cuts of a film: those of its video, or looped for so many frames (0: not looped)."""
    cuts = read_boundaries(boundaries)
    return [piece.cut for piece in pieces(cuts, looped_frames)] if looped_frames else cuts


def film_clocks(boundaries: Path, looped_frames: int, rate: Fraction) -> list[Clock]:
    """The frames of each of a film's cuts; see `film_cuts`."""
    cuts = read_boundaries(boundaries)
    if looped_frames:
        return [piece.clock(rate) for piece in pieces(cuts, looped_frames)]
    return [Clock(rate, cut.first_frame, cut.frames) for cut in cuts]
