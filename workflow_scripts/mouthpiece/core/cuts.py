"""The cuts of a film: ids, and the table of their boundaries."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .plain_table import damage_is_fault, read_plain, write_plain

CUT_PATTERN = r"\d{6,9}-\d{6,9}"
"""A cut's id, as a regular expression."""

COLUMNS = ("cut", "first_frame", "frames")
"""The columns of boundaries.tsv."""


@dataclass(frozen=True)
class Cut:
    """A run of frames without a cut in it.

    Attributes:
        cut: Its id; see `cut_id`.
        first_frame: Its first frame in the film.
        frames: How many frames it has.
    """

    cut: str
    first_frame: int
    frames: int

    @classmethod
    def of(cls, first_frame: int, frames: int) -> "Cut":
        """Make a cut with its id.

        Args:
            first_frame: Its first frame in the film.
            frames: How many frames it has.

        Returns:
            The cut.
        """
        return cls(cut_id(first_frame, frames), first_frame, frames)

    @classmethod
    def from_id(cls, cut: str) -> "Cut":
        """Make the cut of an id.

        Args:
            cut: An id, as `cut_id` builds it.

        Returns:
            The cut.
        """
        first, last = (int(frame) for frame in cut.split("-"))
        return cls(cut, first, last - first + 1)

    @property
    def end_frame(self) -> int:
        """The frame after the last."""
        return self.first_frame + self.frames


def cut_id(first_frame: int, frames: int) -> str:
    """Build the id of a cut from its own frames, so that changes elsewhere do not rename it.

    Args:
        first_frame: Its first frame in the film.
        frames: How many frames it has.

    Returns:
        The first and the last frame, such as 000120-000199.
    """
    return f"{first_frame:06d}-{first_frame + frames - 1:06d}"


def from_starts(starts: Sequence[int], frames: int) -> list[Cut]:
    """Divide a film into cuts.

    Args:
        starts: Sorted frames at which cuts begin; those outside the film are ignored.
        frames: How many frames the film has.

    Returns:
        Cuts that cover the film; the first begins at 0.
    """
    edges = [0, *(start for start in starts if 0 < start < frames), frames]
    return [Cut.of(a, b - a) for a, b in itertools.pairwise(edges)]


def write_boundaries(cuts: Sequence[Cut], path: Path) -> None:
    """Write boundaries.tsv.

    Args:
        cuts: The cuts of a film.
        path: The table to write.
    """
    write_plain(COLUMNS, [(cut.cut, cut.first_frame, cut.frames) for cut in cuts], path)


def read_boundaries(path: Path) -> list[Cut]:
    """Read boundaries.tsv.

    Args:
        path: What `write_boundaries` wrote.

    Returns:
        The cuts of the film.

    Raises:
        Fault: The file is damaged.
    """
    rows = read_plain(path)
    with damage_is_fault(path):
        cuts = [Cut.of(int(row["first_frame"]), int(row["frames"])) for row in rows]
        check_sequence(cuts, [row["cut"] for row in rows])
    return cuts


def check_sequence(cuts: Sequence[Cut], ids: Sequence[str]) -> None:
    """Check that cuts follow each other from frame 0 on.

    Args:
        cuts: The cuts of a table.
        ids: The ids that the table has for them.

    Raises:
        ValueError: They do not, or have other ids, or there is none.
    """
    if not cuts:
        raise ValueError("it has no cut")
    for row, (cut, name) in enumerate(zip(cuts, ids, strict=True), 2):
        expected = cuts[row - 3].end_frame if row > 2 else 0
        if cut.cut != name or cut.first_frame != expected or cut.frames < 1:
            raise ValueError(f"row {row} does not follow the one before")
