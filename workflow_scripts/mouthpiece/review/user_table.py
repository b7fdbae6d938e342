"""A table of what reviewers want, as a file: rows are put in and taken out, the rest stays."""

import contextlib
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import ClassVar, Generic, Protocol, Self, TypeVar

from ..core.errors import InputError
from ..core.files import atomic
from ..core.locks import lock_file
from ..core.user_files import MISSING, exists, file_problem, resolved, shown
from ..project.rows import Row, check, header_of, one_line, text_of
from ..project.table_text import TableText, line_of

Key = tuple[str, ...]
"""Video, language, and what of the film the row is about: a cut, or a line; of an override its
setting, too."""


class Entry(Protocol):
    """What a row says."""

    @property
    def row(self) -> Row:
        """The row."""

    @property
    def values(self) -> dict[str, str]:
        """The columns without the key."""


E = TypeVar("E", bound=Entry)


@contextlib.contextmanager
def locked(table: Path) -> Iterator[None]:
    """Keep other threads and processes from writing a table; wait for those that do.

    The lock is a file beside the table, or beside the file that the table is a link to. Who may
    write the table may lock it, and nobody else.

    Args:
        table: The path of the table; there need be no file yet.

    Yields:
        Nothing.

    Raises:
        InputError: The path is a folder, or this user may not write the table.
        Fault: Another process holds the lock for too long.
    """
    file = _file(table)
    file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file(file.with_name(f".{file.name}.lock"), beside=file):
        yield


def _file(table: Path) -> Path:
    """The file itself, where the table is a link to it. Raises InputError for a folder."""
    file = resolved(table)
    problem = file_problem(file)
    if problem not in ("", MISSING):
        raise InputError(f"{shown(table)}: {problem}")
    return file


def write_content(table: Path, content: bytes) -> None:
    """Write a table, whole or not at all. Group and permissions stay as they were.

    Args:
        table: Its path, or a link to it.
        content: Its bytes.
    """
    file = _file(table)
    with atomic(file) as temporary:
        temporary.write_bytes(content)
        if file.exists():
            with contextlib.suppress(PermissionError):  # a group that we are not in
                os.chown(temporary, -1, file.stat().st_gid)
            temporary.chmod(stat.S_IMODE(file.stat().st_mode))


class UserTable(ABC, Generic[E]):
    """The lines of a table; where there is no file, a header without rows.

    Comments, the order of the rows, lines that are not changed, line ends and a byte order mark
    stay as they were.

    Attributes:
        NAME: The name of its schema, and of its file.
        COLUMNS: Its columns.
        KEY: Those that make up the key of a row; the first are video, language, and what of the
            film the row is about.
        path: Where the table is read from and written to.
    """

    NAME: ClassVar[str]
    COLUMNS: ClassVar[tuple[str, ...]]
    KEY: ClassVar[tuple[str, ...]] = ()

    def __init__(self, path: Path) -> None:
        """Read a table.

        Args:
            path: Its file.

        Raises:
            InputError: A row is wrong, or a key has two.
        """
        self.path = path
        empty = TableText(path, (line_of(self.COLUMNS),))
        text = text_of(path, self.NAME) if exists(path) else empty
        self._encoding = text.encoding
        self._lines, self._ends = [*text.lines], [*text.ends]
        while not self._lines[-1] and len(self._lines) > 1:
            self._lines.pop()
        rows = self.parsed(path, self._lines)
        self._rows = {folded(self.key_of(row)): row for row in rows}
        cells = header_of(path, self._lines, self.NAME)
        self._head, self._columns = cells.row - 1, cells.header

    @staticmethod
    @abstractmethod
    def parsed(path: Path, lines: Sequence[str]) -> list[Row]:
        """Parse the lines of such a table.

        Args:
            path: The file they come from, for messages.
            lines: The lines.

        Returns:
            The rows.

        Raises:
            InputError: A row is wrong, or a key has two.
        """

    @staticmethod
    @abstractmethod
    def entry_of(row: Row) -> E:
        """Read a row.

        Args:
            row: The row.

        Returns:
            What it says.
        """

    @classmethod
    def key_of(cls, row: Row) -> Key:
        """Get the key of a row.

        Args:
            row: A row of such a table.

        Returns:
            Its cells in the columns of the key: by default the first three.
        """
        return tuple(row.values[name] for name in cls.KEY or cls.COLUMNS[:3])

    def copy(self) -> Self:
        """Make a copy that is changed independently.

        Returns:
            The copy.
        """
        twin = copy(self)
        twin._lines, twin._ends, twin._rows = [*self._lines], [*self._ends], {**self._rows}
        return twin

    @property
    def rows(self) -> Mapping[Key, Row]:
        """The rows, by the key by which they are told apart; see `folded`."""
        return self._rows

    @property
    def entries(self) -> dict[Key, E]:
        """What the rows say, by key."""
        return {self.key_of(row): self.entry_of(row) for row in self._rows.values()}

    def get(self, key: Key) -> E | None:
        """Look up a row.

        Args:
            key: Its key.

        Returns:
            What it says; None where there is none.
        """
        row = self._rows.get(folded(key))
        return self.entry_of(row) if row and self.key_of(row) == key else None

    def film(self, video: str, language: str) -> dict[str, E]:
        """Look up the rows on a film.

        Args:
            video: The video.
            language: The key of the dub.

        Returns:
            What each says, by the third column of its key.
        """
        return {
            self.key_of(row)[2]: self.entry_of(row)
            for row in self._rows.values()
            if self.key_of(row)[:2] == (video, language)
        }

    def is_as(self, other: Self) -> bool:
        """Tell whether this table has the text of another one.

        Args:
            other: The other one.

        Returns:
            Whether it has.
        """
        return self._lines == other._lines

    def put(self, key: Key, values: Mapping[str, str]) -> None:
        """Put a row, in place of the one that had its key.

        Args:
            key: The key.
            values: The other cells by column; those that are missing are empty.

        Raises:
            InputError: The row is not one that the table may have.
        """
        cells = dict(zip(self.COLUMNS, key, strict=False)) | {
            k: one_line(v) for k, v in values.items()
        }
        old = self._rows.get(folded(key))
        line = old.line if old else len(self._lines) + 1
        row = Row(self.path, line, {name: value for name, value in cells.items() if value})
        check(row, self.NAME)
        if old is None:
            self._lines.append("")
        self._lines[line - 1] = line_of(
            [cells.get(name, "") for name in self._header_for(row.values)]
        )
        self._rows[folded(key)] = row

    def drop(self, key: Key) -> None:
        """Take out a row, if there is one.

        Args:
            key: Its key.
        """
        dropped = self._rows.pop(folded(key), None)
        if dropped is None:
            return
        at = dropped.line - 1
        del self._lines[at], self._ends[at : at + 1]
        self._rows = {
            key: Row(row.table, row.line - 1, row.values) if row.line > dropped.line else row
            for key, row in self._rows.items()
        }

    def write(self) -> None:
        """Write the table, whole or not at all. Group and permissions stay as they were."""
        usual = self._ends[0] if self._ends else "\n"
        ends = [*self._ends, *[usual] * len(self._lines)][: len(self._lines)]
        text = TableText(self.path, (*self._lines, ""), tuple(ends), self._encoding)
        write_content(self.path, text.content)

    def _header_for(self, values: Mapping[str, str]) -> list[str]:
        """The columns, with those that a row needs and the table lacked added at their end."""
        lacking = [name for name in self.COLUMNS if name in values and name not in self._columns]
        if lacking:
            self._columns = [*self._columns, *lacking]
            self._lines[self._head] = line_of(self._columns)
        return self._columns


def folded(key: Key) -> Key:
    """Fold the letter case of a key: keys that differ in it are one, as in all tables.

    Args:
        key: A key.

    Returns:
        The key by which rows are told apart.
    """
    return tuple(part.casefold() for part in key)
