"""The decisions table as a file: rows are put in and taken out, and the rest stays as it is.

Two reviewers' tables become one; a cut on which they differ is shown with both words. A table that
is there already is one of them: its rows and comments stay.
"""

import contextlib
import csv
import fcntl
import io
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from ..core.errors import InputError
from ..core.files import atomic
from ..project.rows import BOM, LINE_END, Row, check, header_of, one_line, text_of
from ..project.tables import Decision, decision_of, decision_rows, key_of

COLUMNS = ("video", "language", "cut", "decision", "draft", "preset", "tier", "note")

Key = tuple[str, str, str]
"""Video, language, cut."""


@contextlib.contextmanager
def locked(table: Path) -> Iterator[None]:
    """Keep other writers, threads and processes, away from a table; wait for them.

    The lock lies beside the table, or beside what the table is a link to, and is as open as the
    table: who may write the one may lock the other.
    """
    file = _file(table)
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = _open_lock(file.with_name(f".{file.name}.lock"))
    try:
        with contextlib.suppress(FileNotFoundError, PermissionError):  # none yet; another's lock
            os.fchmod(lock, _mode(file))
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:  # another user made it; that it can be read is enough
        return os.open(path, os.O_RDONLY)


def _file(table: Path) -> Path:
    """The file itself, where the table is a link to it. Raises InputError for a folder."""
    file = table.resolve()
    if file.is_dir():
        raise InputError(f"{table}: is a folder; name a table")
    return file


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


class Table:
    """The lines of a decisions table; where there is no file, its first line alone.

    Comments, the order of the rows and lines that are not touched stay as they were, and so do
    their ends and a byte order mark. Raises InputError where a row is wrong, or a cut has two.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        text = text_of(path, "decisions") if path.exists() else "\t".join(COLUMNS)
        self._mark = BOM if text.startswith(BOM) else ""
        text = text.removeprefix(BOM)
        self._lines, self._ends = LINE_END.split(text), LINE_END.findall(text)
        while not self._lines[-1] and len(self._lines) > 1:
            self._lines.pop()
        rows = decision_rows(path, self._lines)
        self._rows = {_folded(key_of(row)): row for row in rows}
        content = (i for i, line in enumerate(self._lines) if line.strip() and line[0] != "#")
        self._head = next(content)

    def copy(self) -> Self:
        """The same table, to be changed alone."""
        twin = copy(self)
        twin._lines, twin._ends, twin._rows = [*self._lines], [*self._ends], {**self._rows}
        return twin

    @property
    def decisions(self) -> dict[Key, Decision]:
        """What is said, by video, language and cut."""
        return {key_of(row): decision_of(row) for row in self._rows.values()}

    def get(self, key: Key) -> Decision | None:
        """What is said on a cut."""
        row = self._rows.get(_folded(key))
        return decision_of(row) if row and key_of(row) == key else None

    def film(self, video: str, language: str) -> dict[str, Decision]:
        """What is said on a film's cuts, by cut."""
        return {
            row.values["cut"]: decision_of(row)
            for row in self._rows.values()
            if row.values["video"] == video and row.values["language"] == language
        }

    def put(self, key: Key, said: Mapping[str, str]) -> None:
        """Say something on a cut, in the place of what was said. Raises InputError."""
        cells = dict(zip(COLUMNS, key, strict=False)) | {k: one_line(v) for k, v in said.items()}
        old = self._rows.get(_folded(key))
        line = old.line if old else len(self._lines) + 1
        row = Row(self.path, line, {name: value for name, value in cells.items() if value})
        check(row, "decisions")
        if old is None:
            self._lines.append("")
        self._lines[line - 1] = _line([cells.get(name, "") for name in self._header()])
        self._rows[_folded(key)] = row

    def drop(self, key: Key) -> None:
        """Say nothing on a cut any more."""
        dropped = self._rows.pop(_folded(key), None)
        if dropped is None:
            return
        at = dropped.line - 1
        del self._lines[at], self._ends[at : at + 1]
        self._rows = {
            key: Row(row.table, row.line - 1, row.values) if row.line > dropped.line else row
            for key, row in self._rows.items()
        }

    def write(self) -> None:
        """Write the table, whole or not at all; who may read and write it stays as it was."""
        usual = self._ends[0] if self._ends else "\n"
        ends = [*self._ends, *[usual] * len(self._lines)]
        text = "".join(line + end for line, end in zip(self._lines, ends, strict=False))
        file = _file(self.path)
        with atomic(file) as temporary:
            temporary.write_bytes((self._mark + text).encode())
            if file.exists():
                with contextlib.suppress(PermissionError):  # it is another group's
                    os.chown(temporary, -1, file.stat().st_gid)
                temporary.chmod(_mode(file))

    def _header(self) -> list[str]:
        """The columns, with those that the table lacked added at their end."""
        header = header_of(self._lines[self._head])
        lacking = [name for name in COLUMNS if name not in header]
        if lacking:
            header += lacking
            self._lines[self._head] = "\t".join(header)
        return header


class CachedTable:
    """A decisions table that is read again only when its file is another one.

    Threads may share it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: tuple[object, Table] | None = None

    def table(self) -> Table:
        """The table as it is now; not to be changed, but its copy. Raises InputError."""
        state, known = self._state(), self._known
        if known is None or known[0] != state:
            known = self._known = (state, Table(self.path))
        return known[1]

    def write(self, table: Table) -> None:
        """Write a changed copy, under the table's lock."""
        table.write()
        self._known = (self._state(), table)

    def _state(self) -> tuple[int, int, int] | None:
        """What changes with the file's content; None where there is no file."""
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def _folded(key: Key) -> Key:
    """Keys that differ in letter case are one, as in the tables."""
    video, language, cut = (part.casefold() for part in key)
    return video, language, cut


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="").writerow(cells)
    line = text.getvalue().rstrip("\t")
    if not line.startswith("#"):
        return line
    # Without quotes the row would be read as a comment.
    first, *rest = line.split("\t", 1)
    return "\t".join([f'"{first}"', *rest])


@dataclass(frozen=True)
class Conflict:
    """Two rows that say different things on one cut."""

    key: Key
    first: Decision
    other: Decision

    def __str__(self) -> str:
        lines = [f"{' '.join(self.key)} has two rows that differ:"]
        for said in (self.first, self.other):
            words = ", ".join(f"{name} {value!r}" for name, value in said.values.items() if value)
            lines.append(f"  {said.row.table}, row {said.row.line}: {words}")
        return "\n".join(lines)


def merge(
    tables: Sequence[Path], output: Path, prefer: Literal["first", "last"] | None = None
) -> tuple[Table, list[Conflict]]:
    """The rows of all tables as the one at `output`, which is not written; and where they differ.

    A table that is at `output` already is the first one, unless it stands among the others; its
    comments stay, or else the first table's. Rows that say the same are one. Where rows differ, the
    first one stands, or, with `prefer` "last", the last one. Raises InputError.
    """
    for path in tables:
        if not path.is_file():
            raise InputError(f"{path}: there is no such table")
    if output.exists() and not any(path.samefile(output) for path in tables):
        tables = [output, *tables]
    merged, conflicts = Table(output if output.exists() else tables[0]), []
    merged.path = output
    standing: dict[Key, Decision] = {}
    for path in tables:
        for key, other in Table(path).decisions.items():
            first = standing.setdefault(_folded(key), other)
            if first.values == other.values:
                continue
            conflicts.append(Conflict(key, first, other))
            if prefer == "last":
                standing[_folded(key)] = other
    there = {_folded(key): said.values for key, said in merged.decisions.items()}
    for key, said in standing.items():
        if there.get(key) != said.values:
            merged.put(key_of(said.row), said.values)
    return merged, conflicts
