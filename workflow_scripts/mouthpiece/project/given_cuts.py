"""The table of cuts that replaces detection: column `cuts` of videos.tsv, or VIDEO.cuts.tsv."""

from collections.abc import Sequence
from pathlib import Path

from ..core.cuts import Cut
from ..core.errors import InputError
from .rows import Row, read

COLUMNS = ("first_frame", "frames")
"""The columns; without the second one, each cut runs to the next one."""


def default_path(videos: Path, video: str) -> Path:
    """Name the table of cuts of a video that names none.

    Args:
        videos: The table of videos.
        video: The id of the video.

    Returns:
        A path beside it; there need be no file.
    """
    return videos.parent / f"{video}.cuts.tsv"


def read_override(path: Path, total_frames: int) -> list[Cut]:
    """Read a user's cuts: a table with first_frame and frames, or first_frame alone.

    Alone, each cut runs to the next one.

    Args:
        path: The table.
        total_frames: The film's length in frames.

    Returns:
        The cuts, in order.

    Raises:
        InputError: The table cannot be read, or its cuts leave a gap, overlap, or do not cover the
            film. It names file, row and column.
    """
    return cuts_of(path, read(path, "cuts"), total_frames)


def cuts_of(path: Path, rows: Sequence[Row], total_frames: int) -> list[Cut]:
    """Read the rows of a user's cuts; see `read_override`.

    Args:
        path: The table, for messages.
        rows: Its rows.
        total_frames: The film's length in frames.

    Returns:
        The cuts, in order.

    Raises:
        InputError: The cuts leave a gap, overlap, or do not cover the film.
    """
    if not rows:
        raise InputError(f"{path}: has no row; give at least one cut, first_frame 0")
    column = "frames" if any("frames" in row.values for row in rows) else "first_frame"
    firsts = [int(row.values["first_frame"]) for row in rows]
    cuts: list[Cut] = []
    expected = 0
    for row, first, after in zip(rows, firsts, [*firsts[1:], total_frames], strict=True):
        if first != expected:
            wrong = "leaves a gap" if first > expected else "overlaps the cut before"
            raise row.error("first_frame", f"{first} {wrong}; wanted {expected}")
        if column not in row.values:
            raise row.error(column, "is missing; all rows have it, or none")
        length = int(row.values.get("frames", after - first))
        if length < 1 or first + length > total_frames:
            raise row.error(
                column,
                f"the cut would end before frame {first + length}; wanted {first + 1} to "
                f"{total_frames} (the film's frames)",
            )
        cuts.append(Cut.of(first, length))
        expected = first + length
    if expected != total_frames:
        raise rows[-1].error(
            "frames",
            f"the cuts end before frame {expected}, but the film has {total_frames} frames; every "
            "frame must be in a cut",
        )
    return cuts
