"""The tables that the workflow writes and reads itself: cells without quotes, tabs or line ends."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .errors import Fault
from .files import write_text


def write_plain(columns: Sequence[str], rows: Iterable[Sequence[Any]], table: Path) -> None:
    """Write a table, whole or not at all.

    Args:
        columns: The names of its columns.
        rows: The cells of each row, in the order of the columns.
        table: The file to write.

    Raises:
        ValueError: A cell has a tab or a line end.
    """
    lines = [[str(cell) for cell in cells] for cells in (columns, *rows)]
    for cell in (cell for cells in lines for cell in cells):
        if "\t" in cell or "\n" in cell or "\r" in cell:
            raise ValueError(f"a cell of {table.name} cannot hold a tab or a line end")
    write_text(table, "".join("\t".join(cells) + "\n" for cells in lines))


def read_plain(table: Path) -> list[dict[str, str]]:
    """Read what `write_plain` wrote.

    Args:
        table: The file.

    Returns:
        Its rows, as text by column.

    Raises:
        Fault: The file cannot be read, or a row has more or fewer cells than there are columns.
    """
    with damage_is_fault(table):
        # Not splitlines: it also splits at characters that a cell may contain.
        return _rows(table.read_text(encoding="utf-8").split("\n"))


def _rows(lines: Sequence[str]) -> list[dict[str, str]]:
    names = lines[0].split("\t")
    cells = {n: line.split("\t") for n, line in enumerate(lines[1:], 2) if line}
    for row, values in cells.items():
        if len(values) != len(names):
            raise ValueError(f"row {row} has {len(values)} cells, not {len(names)}")
    return [dict(zip(names, values, strict=True)) for values in cells.values()]


@contextlib.contextmanager
def damage_is_fault(table: Path) -> Iterator[None]:
    """Turn the errors of reading a damaged table into one message with a way on.

    Args:
        table: The table that the block reads.

    Yields:
        Nothing.

    Raises:
        Fault: The file cannot be read, or does not hold what it should.
    """
    try:
        yield
    except LookupError as error:
        raise Fault(f"{table}: is damaged (no column {error}); delete it and run again") from None
    except (OSError, ValueError) as error:
        raise Fault(f"{table}: is damaged ({error}); delete it and run again") from None
