"""Looped films: a video's cuts forward and in reverse for as long as a dub lasts."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from .cuts import Cut, read_boundaries
from .timeline import Clock, LoopedClock


@dataclass(frozen=True)
class Piece:
    """A cut of a looped film.

    Attributes:
        cut: The cut on the film's timeline.
        source_cut: The video's cut that it shows, all of it or its start.
        reversed: Whether it is shown in reverse.
    """

    cut: Cut
    source_cut: Cut
    reversed: bool

    @property
    def is_whole(self) -> bool:
        """Whether it shows all frames of the video's cut."""
        return self.cut.frames == self.source_cut.frames

    def clock(self, rate: Fraction) -> LoopedClock:
        """Build the clock of its frames.

        Args:
            rate: The film's rate, in frames/s.

        Returns:
            The clock.
        """
        source_cut = Clock(rate, self.source_cut.first_frame, self.source_cut.frames)
        return LoopedClock(rate, self.cut.first_frame, self.cut.frames, source_cut, self.reversed)


def pieces(cuts: list[Cut], frames: int) -> list[Piece]:
    """Loop a video's cuts, forward and in reverse by turns.

    The last and the first picture are shown twice where the direction changes, as in MuseTalk's
    cycle.

    Args:
        cuts: The video's cuts.
        frames: How many frames the film has.

    Returns:
        The film's cuts; the last one may be shorter than its source.
    """
    made: list[Piece] = []
    first = 0
    for source_cut, is_reversed in _directions(cuts):
        made.append(
            Piece(Cut.of(first, min(source_cut.frames, frames - first)), source_cut, is_reversed)
        )
        first = made[-1].cut.end_frame
        if first >= frames:
            break
    return made


def _directions(cuts: list[Cut]) -> Iterator[tuple[Cut, bool]]:
    """The cuts in the order in which they are shown, and whether in reverse; without end."""
    forward = [(cut, False) for cut in cuts]
    backward = [(cut, True) for cut in reversed(cuts)]
    return itertools.cycle([*forward, *backward])


def film_cuts(boundaries: Path, looped_frames: int) -> list[Cut]:
    """Read the cuts of a film.

    Args:
        boundaries: The video's boundaries.tsv.
        looped_frames: How many frames the film has if it loops its video; 0 if it does not.

    Returns:
        The cuts on the film's timeline.
    """
    cuts = read_boundaries(boundaries)
    return [piece.cut for piece in pieces(cuts, looped_frames)] if looped_frames else cuts


def film_clocks(boundaries: Path, looped_frames: int, rate: Fraction) -> list[Clock]:
    """Read the clocks of a film's cuts.

    Args:
        boundaries: The video's boundaries.tsv.
        looped_frames: How many frames the film has if it loops its video; 0 if it does not.
        rate: The film's rate, in frames/s.

    Returns:
        The clock of each cut on the film's timeline.
    """
    cuts = read_boundaries(boundaries)
    if looped_frames:
        return [piece.clock(rate) for piece in pieces(cuts, looped_frames)]
    return [Clock(rate, cut.first_frame, cut.frames) for cut in cuts]
