"""A looped film: a video's cuts forward and in reverse, for as long as the dub lasts.

Its cuts have their own ids. loop.tsv says which of the video's cuts each of them shows.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from .cuts import Cut, check_sequence, read_boundaries
from .plain_table import damage_is_fault, read_plain, write_plain
from .timeline import Clock, LoopedClock

COLUMNS = ("cut", "first_frame", "frames", "source_cut", "reversed")
"""The columns of loop.tsv."""

REVERSED = {False: "no", True: "yes"}
"""How loop.tsv says whether a cut runs in reverse."""


@dataclass(frozen=True)
class Piece:
    """A cut of a looped film.

    Attributes:
        cut: The cut on the film's timeline.
        source_cut: The video's cut that is shown there, whole or its start.
        reversed: Whether it runs from its last frame to its first.
    """

    cut: Cut
    source_cut: Cut
    reversed: bool

    @property
    def is_whole(self) -> bool:
        """Whether all frames of the video's cut are shown."""
        return self.cut.frames == self.source_cut.frames

    def clock(self, rate: Fraction) -> LoopedClock:
        """Build the clock of its frames.

        Args:
            rate: The film's frames/s.

        Returns:
            Its clock on the film's timeline, with the source cut's as its source.
        """
        source_cut = Clock(rate, self.source_cut.first_frame, self.source_cut.frames)
        return LoopedClock(rate, self.cut.first_frame, self.cut.frames, source_cut, self.reversed)


def pieces(cuts: Sequence[Cut], frames: int) -> list[Piece]:
    """Loop a video's cuts.

    The last and the first picture are shown twice where the direction changes, as in MuseTalk's
    cycle.

    Args:
        cuts: The video's cuts, in order.
        frames: The length of the looped film, in frames; at least 1.

    Returns:
        The cuts of the looped film, in order. The last one may be shorter than its source cut.
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


def _directions(cuts: Sequence[Cut]) -> Iterator[tuple[Cut, bool]]:
    """The cuts in the order in which they are shown, and whether in reverse; without end."""
    forward = [(cut, False) for cut in cuts]
    backward = [(cut, True) for cut in reversed(cuts)]
    return itertools.cycle([*forward, *backward])


def write_loop(looped: Sequence[Piece], table: Path) -> None:
    """Write loop.tsv atomically.

    Args:
        looped: The cuts of a looped film, in order.
        table: The file to write.
    """
    rows = [
        (p.cut.cut, p.cut.first_frame, p.cut.frames, p.source_cut.cut, REVERSED[p.reversed])
        for p in looped
    ]
    write_plain(COLUMNS, rows, table)


def read_loop(table: Path) -> list[Piece]:
    """Read what `write_loop` wrote.

    Args:
        table: A loop.tsv.

    Returns:
        The cuts of the looped film, in order.

    Raises:
        Fault: The file is damaged.
    """
    rows = read_plain(table)
    with damage_is_fault(table):
        looped = [
            Piece(
                Cut.of(int(row["first_frame"]), int(row["frames"])),
                Cut.from_id(row["source_cut"]),
                row["reversed"] == REVERSED[True],
            )
            for row in rows
        ]
        check_sequence([piece.cut for piece in looped], [row["cut"] for row in rows])
    return looped


def shown_cuts(boundaries: Path, loop: Path | None) -> list[tuple[Cut, Cut]]:
    """Read the cuts of a film.

    Args:
        boundaries: The video's boundaries.tsv.
        loop: The film's loop.tsv; None where it is not looped.

    Returns:
        Its cuts, in order, each with the video's cut that it shows.
    """
    if loop:
        return [(piece.cut, piece.source_cut) for piece in read_loop(loop)]
    return [(cut, cut) for cut in read_boundaries(boundaries)]


def film_cuts(boundaries: Path, loop: Path | None) -> list[Cut]:
    """Read the cuts of a film.

    Args:
        boundaries: The video's boundaries.tsv.
        loop: The film's loop.tsv; None where it is not looped.

    Returns:
        Its cuts, in order.
    """
    return [cut for cut, _ in shown_cuts(boundaries, loop)]


def film_clocks(boundaries: Path, loop: Path | None, rate: Fraction) -> list[Clock]:
    """Read the clocks of a film's cuts.

    Args:
        boundaries: The video's boundaries.tsv.
        loop: The film's loop.tsv; None where it is not looped.
        rate: The film's frames/s.

    Returns:
        The clocks of its cuts, in order.
    """
    if loop:
        return [piece.clock(rate) for piece in read_loop(loop)]
    return [Clock(rate, cut.first_frame, cut.frames) for cut in read_boundaries(boundaries)]
