"""TODO"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from .cuts import Cut, read_boundaries
from .timeline import Clock, LoopedClock

Turn = tuple[Cut, bool]
"""A cut, and whether it runs in reverse."""


@dataclass(frozen=True)
class Piece:
    """A cut of a looped film: `source_cut` is the video's cut shown there, whole or its start."""

    cut: Cut
    source_cut: Cut
    reversed: bool

    @property
    def is_whole(self) -> bool:
        """Whether all frames of the video's cut are shown."""
        return self.cut.frames == self.source_cut.frames

    def clock(self, rate: Fraction) -> LoopedClock:
        """Its frames, at the film's rate."""
        source_cut = Clock(rate, self.source_cut.first_frame, self.source_cut.frames)
        return LoopedClock(rate, self.cut.first_frame, self.cut.frames, source_cut, self.reversed)


def pieces(cuts: list[Cut], frames: int) -> list[Piece]:
    """The cuts of a film of `frames` frames that loops a video's cuts.

    The last and the first picture stand twice where the film turns, as in MuseTalk's own cycle.
    """
    made: list[Piece] = []
    first = 0
    for source_cut, is_reversed in _turns(cuts):
        made.append(
            Piece(Cut.of(first, min(source_cut.frames, frames - first)), source_cut, is_reversed)
        )
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
