"""faces.tsv: which cuts of a video have a face that may be redrawn, and which face it is.

Only these are baked and drafted. Files of drafts are given for these cuts alone: `aligned` puts
them beside the cuts again.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from .plain_table import damage_is_fault, read_plain, write_plain

COLUMNS = ("cut", "redrawn", "face")
"""The columns of faces.tsv."""

ANSWERS = {False: "no", True: "yes"}
"""How a table says whether a cut may be redrawn."""


def write_faces(
    redrawn: Mapping[str, bool], table: Path, faces: Mapping[str, int] | None = None
) -> None:
    """Write faces.tsv, whole or not at all.

    Args:
        redrawn: Whether each cut of a video may be redrawn, by cut, in the order of the cuts.
        table: The file to write.
        faces: Which of the faces that were tracked it is, by cut; 0, the first, where none is said.
    """
    chosen = faces or {}
    rows = [(cut, ANSWERS[yes], chosen.get(cut, 0)) for cut, yes in redrawn.items()]
    write_plain(COLUMNS, rows, table)


def read_faces(table: Path) -> dict[str, bool]:
    """Read what `write_faces` wrote.

    Args:
        table: A faces.tsv.

    Returns:
        Whether each cut of the video may be redrawn, by cut.

    Raises:
        Fault: The file is damaged.
    """
    rows = read_plain(table)
    with damage_is_fault(table):
        return {row["cut"]: answer(row["redrawn"]) for row in rows}


def read_face_numbers(table: Path) -> dict[str, int]:
    """Read which of the faces that were tracked is meant.

    Args:
        table: A faces.tsv.

    Returns:
        The face's number, by cut.

    Raises:
        Fault: The file is damaged.
    """
    rows = read_plain(table)
    with damage_is_fault(table):
        return {row["cut"]: int(row["face"]) for row in rows}


def answer(cell: str) -> bool:
    """Read a cell of `ANSWERS`.

    Args:
        cell: The cell.

    Returns:
        What it says.

    Raises:
        ValueError: It is no answer.
    """
    for value, text in ANSWERS.items():
        if cell == text:
            return value
    raise ValueError(f"{cell!r} is neither yes nor no")


def aligned(files: Sequence[Path], redrawn: Sequence[bool]) -> list[Path | None]:
    """Put the files of the redrawn cuts beside all cuts.

    Args:
        files: A file of each cut that may be redrawn, in order.
        redrawn: Whether each cut may be.

    Returns:
        The file of each cut; None where it has none.

    Raises:
        ValueError: There are more or fewer files than such cuts.
    """
    if len(files) != sum(redrawn):
        raise ValueError(f"{len(files)} files for {sum(redrawn)} cuts that may be redrawn")
    left = iter(files)
    return [next(left) if is_redrawn else None for is_redrawn in redrawn]
