"""The tables in the folder of a project: read, and lines added to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..core.errors import InputError
from ..core.files import atomic
from ..core.user_files import exists, resolved
from ..project.rows import Row, header_of, one_line, parse, text_of
from ..project.table_text import TableText, line_of

COLUMNS = {
    "videos": ("video", "path", "consent", "language", "script", "background", "may_leave"),
    "dubs": ("video", "language", "dub", "audio", "length_policy", "script"),
}
"""The columns of new tables."""


@dataclass
class ProjectTable:
    """A table, and the lines that are added to it.

    Attributes:
        name: The name of its schema.
        text: What is written in it.
        header: Its columns.
        rows: Its rows.
        added: The lines that are added.
    """

    name: str
    text: TableText
    header: Sequence[str] = ()
    rows: list[Row] = field(default_factory=list)
    added: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, name: str, path: Path) -> "ProjectTable":
        """Read a table; a new one where there is none.

        Args:
            name: The name of its schema.
            path: The file.

        Returns:
            The table.

        Raises:
            InputError: A row is wrong.
        """
        if not exists(path):
            return cls(name, TableText(path, (line_of(COLUMNS[name]),)), COLUMNS[name])
        text = text_of(path, name)
        rows = parse(path, text.lines, name)
        return cls(name, text, header_of(path, text.lines, name).header, rows)

    @property
    def path(self) -> Path:
        """The file."""
        return self.text.path

    def add(self, values: Mapping[str, str]) -> None:
        """Add a row.

        Args:
            values: Its values, by column.

        Raises:
            InputError: The table has not all of the columns.
        """
        lacking = [
            column for column, value in values.items() if value and column not in self.header
        ]
        if lacking:
            raise InputError(f"{self.path}: has no column {', '.join(lacking)}; add it to row 1")
        self.added.append(line_of([values.get(column, "") for column in self.header]))

    def write(self) -> None:
        """Write the table, whole or not at all."""
        content = self.text.with_lines(self.added).content
        with atomic(self.path) as temporary:
            temporary.write_bytes(content)


def cell_of(file: Path, folder: Path) -> str:
    """Write a file as a table names it: relative to the table's folder where it is below it.

    Args:
        file: The file.
        folder: The table's folder.

    Returns:
        The text of the cell.

    Raises:
        InputError: A table cannot hold the path.
    """
    folder = resolved(folder)
    path = str(file.relative_to(folder) if file.is_relative_to(folder) else file)
    if one_line(path) != path:  # a tab, a line end, a space at an end
        raise InputError(f"{str(file)!r}: a table cannot hold this path; rename the file")
    return str(file) if path.startswith("~") else path
