"""A film's cuts: ids, and the table of their boundaries."""

import csv
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .files import write_text

CUT_PATTERN = r"\d{6,9}-\d{6,9}"

COLUMNS = ("cut", "first_frame", "frames")


@dataclass(frozen=True)
class Cut:
    """A run of frames without a cut in it. `cut` is its id, its frame range."""

    cut: str
    first_frame: int
    frames: int

    @classmethod
    def of(cls, first_frame: int, frames: int) -> "Cut":
        """The cut of these frames, with its id."""
        return cls(cut_id(first_frame, frames), first_frame, frames)

    @classmethod
    def from_id(cls, cut: str) -> "Cut":
        """The cut of an id: its first and its last frame."""
        first, last = (int(frame) for frame in cut.split("-"))
        return cls(cut, first, last - first + 1)

    @property
    def end_frame(self) -> int:
        """The frame after the last."""
        return self.first_frame + self.frames


def cut_id(first_frame: int, frames: int) -> str:
    """The id of a cut: its first and its last frame, so that no neighbour's change renames it."""
    return f"{first_frame:06d}-{first_frame + frames - 1:06d}"


def from_starts(starts: Sequence[int], frames: int) -> list[Cut]:
    """The cuts that begin at 0 and at each of the sorted `starts`, up to `frames`."""
    edges = [0, *(start for start in starts if 0 < start < frames), frames]
    return [Cut.of(a, b - a) for a, b in itertools.pairwise(edges)]


def write_boundaries(cuts: Sequence[Cut], path: Path) -> None:
    """Write boundaries.tsv: cut, first_frame, frames."""
    rows = [f"{cut.cut}\t{cut.first_frame}\t{cut.frames}" for cut in cuts]
    write_text(path, "\n".join(["\t".join(COLUMNS), *rows]) + "\n")


def read_boundaries(path: Path) -> list[Cut]:
    """Read what `write_boundaries` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Cut(row["cut"], int(row["first_frame"]), int(row["frames"]))
            for row in csv.DictReader(file, delimiter="\t")
        ]
