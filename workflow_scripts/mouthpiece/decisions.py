"""The decisions table as a file: rows are put in and taken out, and the rest stays as it is.

Two reviewers' tables become one; a cut on which they differ is shown with both words:

    python -m mouthpiece.decisions merge anna.tsv ben.tsv -o decisions.tsv
"""

import argparse
import contextlib
import csv
import fcntl
import io
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .errors import Fault, InputError
from .files import write_text
from .tables import (
    Decision,
    Row,
    check,
    decision_of,
    decision_rows,
    header_of,
    key_of,
    lines_of,
    one_line,
)

log = logging.getLogger(__name__)

COLUMNS = ("video", "language", "cut", "decision", "draft", "preset", "tier", "note")
Key = tuple[str, str, str]
"""Video, language, cut."""


@contextlib.contextmanager
def locked(table: Path) -> Iterator[None]:
    """Keep other writers, threads and processes, away from a table; wait for them."""
    table.parent.mkdir(parents=True, exist_ok=True)
    with table.with_name(f".{table.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Table:
    """The lines of a decisions table; where there is no file, its first line alone.

    Comments, the order of the rows and lines that are not touched stay as they were. Raises
    InputError where a row is wrong, or a cut has two.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = lines_of(path, "decisions") if path.exists() else ["\t".join(COLUMNS)]
        while not self._lines[-1] and len(self._lines) > 1:
            self._lines.pop()
        rows = decision_rows(path, self._lines)
        self._rows = {_folded(key_of(row)): row for row in rows}
        content = (i for i, line in enumerate(self._lines) if line.strip() and line[0] != "#")
        self._head = next(content)
        self._dropped: set[int] = set()

    @property
    def decisions(self) -> dict[Key, Decision]:
        """What is said, by video, language and cut."""
        return {key_of(row): decision_of(row) for row in self._rows.values()}

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
        row = self._rows.pop(_folded(key), None)
        if row is not None:
            self._dropped.add(row.line - 1)

    def write(self) -> None:
        """Write the table, whole or not at all."""
        kept = (line for i, line in enumerate(self._lines) if i not in self._dropped)
        write_text(self.path, "".join(f"{line}\n" for line in kept))

    def _header(self) -> list[str]:
        """The columns, with those that the table lacked added at their end."""
        header = header_of(self._lines[self._head])
        lacking = [name for name in COLUMNS if name not in header]
        if lacking:
            header += lacking
            self._lines[self._head] = "\t".join(header)
        return header


def _folded(key: Key) -> Key:
    """Keys that differ in letter case are one, as in the tables."""
    video, language, cut = (part.casefold() for part in key)
    return video, language, cut


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="").writerow(cells)
    return text.getvalue().rstrip("\t")


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
    tables: Sequence[Path], prefer: Literal["first", "last"] | None = None
) -> tuple[Table, list[Conflict]]:
    """The rows of all tables in the first one, which is not written; and where they differ.

    Rows that say the same are one. Where rows differ, the first one stands, or, with `prefer`
    "last", the last one. Raises InputError.
    """
    for path in tables:
        if not path.is_file():
            raise InputError(f"{path}: there is no such table")
    merged, conflicts = Table(tables[0]), []
    standing = {_folded(key): said for key, said in merged.decisions.items()}
    for path in tables[1:]:
        for key, other in Table(path).decisions.items():
            first = standing.setdefault(_folded(key), other)
            if first is not other and first.values == other.values:
                continue
            if first is not other:
                conflicts.append(Conflict(key, first, other))
            if first is other or prefer == "last":
                merged.put(key, other.values)
                standing[_folded(key)] = other
    return merged, conflicts


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code: 1 where rows differ and none is preferred."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="python -m mouthpiece.decisions", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    command = parser.add_subparsers(dest="command", required=True).add_parser(
        "merge", help="make one table of several"
    )
    command.add_argument("tables", nargs="+", type=Path, metavar="TABLE")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="TABLE")
    command.add_argument(
        "--prefer", choices=("first", "last"), help="which row stands where two differ"
    )
    options = parser.parse_args(arguments)
    try:
        return _merge(options.tables, options.output, options.prefer)
    except (InputError, Fault) as error:
        log.error("error: %s", error)
        return 1
    except OSError as error:
        log.error("error: %s (%s)", error.strerror, error.filename)
        return 1


def _merge(tables: Sequence[Path], output: Path, prefer: Literal["first", "last"] | None) -> int:
    with locked(output):
        merged, conflicts = merge(tables, prefer)
        for conflict in conflicts:
            log.warning("%s", conflict)
        if conflicts and prefer is None:
            log.error(
                "error: cuts in conflict: %d; %s is not written. Mend a table, or say --prefer "
                "first or --prefer last",
                len(conflicts), output,
            )  # fmt: skip
            return 1
        merged.path = output
        merged.write()
    log.info("%s: %d rows", output, len(merged.decisions))
    return 0


if __name__ == "__main__":
    sys.exit(main())
