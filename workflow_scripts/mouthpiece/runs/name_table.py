"""The table of the people who are greeted: a CSV file as spreadsheets write it.

What it holds is personal. Messages name rows and columns, and never what a cell says.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..core.errors import InputError
from ..core.user_files import read_text, shown
from ..project.tables import repeated_end
from ..text.marks import is_plain, without_setting
from ..translation.checks import is_spoken

MOST_KB = 16_000

MOST_ROWS = 20_000

MOST_LETTERS = 200
"""The longest cell that is spoken."""

ID = re.compile("[A-Za-z0-9-]{1,64}")
"""The pattern of the name of a dub, as in the schema of dubs.tsv."""

DELIMITERS = (",", ";", "\t")

SEP_LINE = re.compile('"?sep=([,;\t])"?\r?\n', re.IGNORECASE)
"""The first line by which a table tells Excel what divides its cells; Excel shows it as no row."""


@dataclass(frozen=True)
class _Content:
    """What a table holds, from the row on that names its columns.

    Attributes:
        text: The text.
        first_row: That row's number in the file.
        delimiters: What may divide the cells.
    """

    text: str
    first_row: int
    delimiters: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "_Content":
        if told := SEP_LINE.match(text):
            return cls(text[told.end() :], 2, (told[1],))
        return cls(text, 1, DELIMITERS)


@dataclass(frozen=True)
class Person:
    """A row of the table.

    Attributes:
        row: Its number in the file; the header is row 1.
        id: What its film is called: its number among the people, or the cell of the column of ids.
        values: What is spoken, by column.
    """

    row: int
    id: str
    values: dict[str, str]


def read_people(table: Path, columns: Sequence[str], id_column: str = "") -> list[Person]:
    """Read a table of names.

    Args:
        table: A CSV file in UTF-8, with commas, semicolons or tabs. Its first row names the
            columns, after a line such as "sep=;" where there is one; rows that are empty are left
            out.
        columns: The columns whose cells are spoken.
        id_column: The column that says what a film is called; empty: people are numbered.

    Returns:
        The people, in the order of the table.

    Raises:
        InputError: The table cannot be read, lacks a column, or a cell cannot be used. The message
            names the row and the column.
    """
    content = _Content.of(read_text(table, MOST_KB))
    if not content.text.strip():
        raise InputError(
            f"{shown(table)}: is empty; its first row names columns, then a row a person"
        )
    wanted = list(dict.fromkeys([*columns, *([id_column] if id_column else [])]))
    delimiter = _delimiter(table, content, wanted)
    rows = _rows(table, content, delimiter)
    header = [name.strip() for name in rows[0][1]]
    people: list[Person] = []
    for number, cells in rows[1:]:
        if len(cells) > len(header):
            raise InputError(
                f"{shown(table)}, row {number}: has {len(cells)} cells, and the first row "
                f"{len(header)}; put a text with a comma into quotes"
            )
        row = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
        values = {name: _cell(table, number, name, row[name]) for name in wanted}
        people.append(Person(number, values.get(id_column) or f"{len(people) + 1:05d}", values))
    if not people:
        raise InputError(f"{shown(table)}: has no row below the first one, which names the columns")
    if len(people) > MOST_ROWS:
        raise InputError(
            f"{shown(table)}: has {len(people):,} people, more than {MOST_ROWS:,}; part it "
            "(docs/greet.md)"
        )
    if id_column:
        _check_ids(table, people, id_column)
    return people


def _delimiter(table: Path, content: _Content, wanted: Sequence[str]) -> str:
    """What divides the cells: with it, the first row has the columns."""
    first = replace(content, text=content.text.split("\n", 1)[0])
    where = f"{shown(table)}, row {content.first_row}"
    lacking = list(wanted)
    for delimiter in content.delimiters:
        header = [name.strip() for name in _rows(table, first, delimiter)[0][1]]
        missing = [name for name in wanted if name not in header]
        if not missing:
            if twice := next((name for name in wanted if header.count(name) > 1), ""):
                raise InputError(f"{where}: has the column {twice!r} twice: rename it")
            return delimiter
        lacking = min(lacking, missing, key=len)
    raise InputError(
        f"{where}: has no column {lacking[0]!r}; the first row names the columns: "
        "add it there, or write its name as it is there"
    )


def _rows(table: Path, content: _Content, delimiter: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, with their numbers; the first one in any case."""
    return list(_numbered(table, content, delimiter)) or [(content.first_row, [])]


def _numbered(table: Path, content: _Content, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    number = content.first_row - 1
    # Lines end as in files: a separator of lines (U+2028), which spreadsheets write, ends no row.
    lines = io.StringIO(content.text, newline="")
    try:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        for number, cells in enumerate(reader, content.first_row):
            if number == content.first_row or any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error:
        raise InputError(
            f"{shown(table)}, row {number + 1}: cannot be read; is a quotation mark missing?"
        ) from None


def _cell(table: Path, number: int, column: str, text: str) -> str:
    """A cell as it is spoken."""
    plain = " ".join(without_setting(text).split())
    if not plain:
        problem = "is empty"
    elif len(plain) > MOST_LETTERS:
        problem = f"has {len(plain)} letters, more than {MOST_LETTERS}"
    elif not is_plain(plain):
        problem = "has a character that cannot be spoken"
    elif not is_spoken(plain):
        problem = "has no letter or digit to speak"
    else:
        return plain
    raise InputError(f"{shown(table)}, row {number}, column {column}: {problem}; correct the cell")


def _check_ids(table: Path, people: Sequence[Person], column: str) -> None:
    """Refuse ids that are no name of a dub, or are there twice."""
    seen: dict[str, int] = {}
    for person in people:
        where = f"{shown(table)}, row {person.row}, column {column}"
        if not ID.fullmatch(person.id):
            raise InputError(f"{where}: wanted 1 to 64 letters from A to Z, digits and '-'")
        if problem := repeated_end(person.id):
            raise InputError(f"{where}: {problem}")
        if other := seen.setdefault(person.id.casefold(), person.row) - person.row:
            raise InputError(f"{where}: is the id of row {person.row + other}, too")
