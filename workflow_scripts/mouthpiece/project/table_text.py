"""The text of a user's table: how it is encoded, its lines, and the cells of a line.

Tables come from text editors, spreadsheets, R and pandas: in UTF-8 or UTF-16, with any line ends,
with quoted cells and header, and with tabs at the ends of lines. Cells are separated by tabs; a
cell stays on one line.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Self

from ..core.errors import InputError
from ..core.user_files import not_text, read_bytes

MOST_KB = 64 * 1024
"""The largest table. One of 500,000 rows is smaller."""

MOST_CHARACTERS = 100_000
"""The longest line."""

LINE_END = re.compile("\r\n|\r|\n")
BLANK = re.compile(r'(?:\s|"")*')
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SEPARATORS = {",": "commas", ";": "semicolons", "|": "bars", " ": "spaces"}


@dataclass(frozen=True)
class TableText:
    """The lines of a table. Written again, all that was not changed stays as it was.

    Attributes:
        path: The file.
        lines: Its lines, without line ends. The last one is empty where the text ends in one.
        ends: The line ends, one less than lines.
        encoding: The codec, which writes a byte order mark where the file had one.
    """

    path: Path
    lines: tuple[str, ...]
    ends: tuple[str, ...] = ()
    encoding: str = "utf-8"

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a table.

        Args:
            path: The file.

        Returns:
            Its text.

        Raises:
            InputError: The file is missing, no file, too large, or not text.
        """
        return cls.decoded(path, read_bytes(path, MOST_KB))

    @classmethod
    def decoded(cls, path: Path, content: bytes) -> Self:
        """Decode the content of a table.

        Args:
            path: The file, for messages.
            content: Its bytes.

        Returns:
            Its text.

        Raises:
            InputError: It is not text.
        """
        encoding = "utf-8"
        if content.startswith(codecs.BOM_UTF8):
            encoding = "utf-8-sig"
        elif content.startswith(UTF_16):
            encoding = "utf-16"
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            raise not_text(path, content, error) from None
        if "\0" in text:
            raise InputError(
                f"{path}: is not readable UTF-8 text (it has NUL characters, as UTF-16 and binary "
                "files do); save it as text in UTF-8"
            )
        # Not splitlines: it also splits at characters that a cell may contain.
        return cls(path, tuple(LINE_END.split(text)), tuple(LINE_END.findall(text)), encoding)

    @property
    def end(self) -> str:
        """The line end that is used in it."""
        return self.ends[0] if self.ends else "\n"

    @property
    def content(self) -> bytes:
        """The bytes to write."""
        ended = zip(self.lines, (*self.ends, ""), strict=True)
        return "".join(line + end for line, end in ended).encode(self.encoding)

    def with_lines(self, added: Sequence[str]) -> Self:
        """Add lines at the end.

        Args:
            added: The lines.

        Returns:
            The table with them.
        """
        lines, ends = [*self.lines], [*self.ends]
        if not lines[-1]:
            lines.pop()
        ends += [self.end] * (len(lines) + len(added) - len(ends))
        return replace(self, lines=(*lines, *added, ""), ends=tuple(ends))


@dataclass(frozen=True)
class Cells:
    """A table's header, and where it is.

    Attributes:
        path: The file, for messages.
        row: The line number of the header.
        header: The names of the columns.
        lines: The lines after it that hold rows, by line number.
    """

    path: Path
    row: int
    header: list[str]
    lines: list[tuple[int, str]]

    @classmethod
    def of(cls, path: Path, lines: Sequence[str], columns: Sequence[str]) -> Self | None:
        """Find the header of a table.

        Args:
            path: The file, for messages.
            lines: Its lines.
            columns: The columns that it may have.

        Returns:
            The header; None: the table has only empty lines and comments.

        Raises:
            InputError: The header cannot be read.
        """
        content = [(row, line) for row, line in enumerate(lines, 1) if not is_comment(line)]
        if not content:
            return None
        (row, line), *rest = content
        if wrong := _separator(line, columns):
            raise InputError(
                f"{path}, row {row}: its cells are separated by {wrong}; separate them by tabs "
                '(in a spreadsheet: save as "Text, tab delimited")'
            )
        header = [cell.strip() for cell in cells_of(path, row, line)]
        while header and not header[-1]:  # tabs that a spreadsheet leaves
            header.pop()
        return cls(path, row, header, rest)

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Read the rows, one after the other.

        Yields:
            The line number of each row, and its cells by column, stripped and without empty ones.

        Raises:
            InputError: A row cannot be read, or has more cells than the header.
        """
        for row, line in self.lines:
            cells = [cell.strip() for cell in cells_of(self.path, row, line)]
            if any(cells[len(self.header) :]):
                while not cells[-1]:
                    cells.pop()
                raise InputError(
                    f"{self.path}, row {row}: {len(cells)} values for {len(self.header)} columns"
                    f"{self._row_names(len(cells))}"
                )
            yield row, {k: v for k, v in zip(self.header, cells, strict=False) if v}

    def _row_names(self, cells: int) -> str:
        """A hint for tables of R's, which by default have row names and no header for them."""
        if cells != len(self.header) + 1:
            return ""
        return "; R writes row names unless told `row.names = FALSE`"

    def check(self, required: Sequence[str], columns: Sequence[str]) -> None:
        """Check the names of the columns.

        Args:
            required: The columns that it must have.
            columns: All columns that it may have.

        Raises:
            InputError: A column is missing, unknown, without a name or there twice.
        """
        problems = [f"no column {name!r}" for name in required if name not in self.header]
        for number, name in enumerate(self.header, 1):
            if not name:
                problems.append(f"column {number} has no name")
            elif name not in columns:
                near = get_close_matches(name.lower()[:99], columns, 1)
                hint = f", did you mean {near[0]!r}?" if near else ""
                problems.append(f"unknown column {name!r}{hint}")
        twice = sorted({name for name in self.header if name and self.header.count(name) > 1})
        problems += [f"column {name!r} twice" for name in twice]
        if problems:
            optional = [f"[{name}]" if name not in required else name for name in columns]
            listed = ", ".join(optional)
            raise InputError(
                f"{self.path}, row {self.row}: {'; '.join(problems)}. Columns: {listed} "
                "(separated by tabs)"
            )


def is_comment(line: str) -> bool:
    """Tell whether a line holds no row: it is empty, or begins with #.

    Args:
        line: A line.

    Returns:
        Whether it is one. So is a quoted # cell that is alone: spreadsheets quote comments, too.
    """
    if line.startswith("#") or BLANK.fullmatch(line):
        return True
    return line.startswith('"#') and line.rstrip("\t ").count("\t") == 0


def cells_of(path: Path, row: int, line: str) -> list[str]:
    """Read the cells of a line. A cell that begins with a quote is quoted.

    Args:
        path: The file, for messages.
        row: The line's number.
        line: The line.

    Returns:
        The cells.

    Raises:
        InputError: A quoted cell does not end, or the line is too long.
    """
    if len(line) > MOST_CHARACTERS:
        raise InputError(f"{path}, row {row}: is longer than {MOST_CHARACTERS} characters")
    if '"' not in line:  # the usual case
        return line.split("\t")
    try:
        return next(csv.reader([line], delimiter="\t", strict=True))
    except csv.Error:
        raise InputError(
            f"{path}, row {row}: a cell begins with a quote but does not end with one; write "
            '"say ""so""" for: say "so", and each cell on one line'
        ) from None


def line_of(cells: Sequence[str]) -> str:
    """Write the cells of a row as a line.

    Args:
        cells: The cells, which hold no line ends.

    Returns:
        The line, without empty cells at its end.
    """
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="").writerow(cells)
    line = text.getvalue().rstrip("\t")
    if not line.startswith("#"):
        return line
    # Without quotes the row would be read as a comment.
    first, *rest = line.split("\t", 1)
    return "\t".join([f'"{first}"', *rest])


def _separator(header: str, columns: Sequence[str]) -> str:
    """What separates the cells of a header that are not separated by tabs; empty: tabs do."""
    if "\t" in header:
        return ""
    for character, name in SEPARATORS.items():
        words = {word.strip("\"' ") for word in header.split(character)}
        if len(words) > 1 and words & {*columns}:
            return name
    return ""
