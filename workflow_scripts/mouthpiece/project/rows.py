"""Rows of the user's tables: TSV files, validated against the schemas in `config/schemas/`.

An error names the file, the row (its line number), the column, the value and what is allowed.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastjsonschema
import yaml
from fastjsonschema import JsonSchemaValueException

from ..core.errors import InputError, quoted
from ..core.paths import WORKFLOW
from ..core.user_files import MISSING, file_problem, shown, user_path
from .table_text import Cells, TableText

SCHEMAS = WORKFLOW / "config" / "schemas"
CONFIGURED = ("videos", "dubs", "decisions", "overrides", "voices", "glossary", "edits")
"""The tables that keys of the config name."""


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes:
        table: The file.
        line: Its line number in the file, from 1.
        values: The values by column, without empty ones.
    """

    table: Path
    line: int
    values: dict[str, str]

    def error(self, column: str, problem: str) -> InputError:
        """Make an error about a value of the row.

        Args:
            column: The column.
            problem: What is wrong, and what to do.

        Returns:
            The error, for the caller to raise.
        """
        return InputError(f"{self.table}, row {self.line}, column {column}: {problem}")

    def path(self, column: str) -> Path:
        """Read the path in a cell, which is relative to the table's folder.

        Args:
            column: The column.

        Returns:
            The path, whether or not something is there.
        """
        return self.table.parent / user_path(self.values[column])

    def file(self, column: str) -> Path:
        """Resolve the path in a cell, which is relative to the table's folder.

        Args:
            column: The column.

        Returns:
            The absolute path.

        Raises:
            InputError: There is no such file, or it cannot be read.
        """
        path = self.path(column)
        if problem := file_problem(path):
            named = quoted(self.values[column])
            what = f"there is no file {named}" if problem == MISSING else f"{named}: {problem}"
            raise self.error(column, f"{what} ({shown(path)})")
        return path.resolve()

    def named_file(self, column: str) -> tuple[Path, str]:
        """Resolve the path in a cell, whether or not a file is there.

        A missing file concerns the films that need it, and no others.

        Args:
            column: The column.

        Returns:
            The absolute path, and what is wrong with it; empty where it is a file.
        """
        try:
            return self.file(column), ""
        except InputError as error:
            return self.path(column).absolute(), str(error)

    def optional_file(self, column: str) -> tuple[Path | None, str]:
        """Resolve the path in a cell that may be empty; see `named_file`.

        Args:
            column: The column.

        Returns:
            The absolute path, None where the cell is empty; and what is wrong with it.
        """
        return self.named_file(column) if self.values.get(column) else (None, "")


def read(table: Path, name: str) -> list[Row]:
    """Read a table and validate it against `config/schemas/{name}.schema.yaml`.

    Empty lines and lines that begin with # are skipped.

    Args:
        table: The file.
        name: The name of the schema, and of the config key that names the table.

    Returns:
        The rows.

    Raises:
        InputError: The file cannot be read, or a row is wrong.
    """
    return parse(table, text_of(table, name).lines, name)


def text_of(table: Path, name: str) -> TableText:
    """Read the text of a table, unchanged.

    Args:
        table: The file.
        name: The name of its schema.

    Returns:
        The text.

    Raises:
        InputError: The file is missing or is not text.
    """
    if problem := file_problem(table):
        what = "there is no such table" if problem == MISSING else problem
        by = f"; config key {name!r} names it" if name in CONFIGURED else ""
        raise InputError(f"{shown(table)}: {what}{by}")
    return TableText.read(table)


def parse(table: Path, lines: Sequence[str], name: str) -> list[Row]:
    """Parse the lines of a table; see `read`.

    Args:
        table: The file they come from, for messages.
        lines: The lines.
        name: The name of the schema.

    Returns:
        The rows.

    Raises:
        InputError: A row is wrong.
    """
    cells = header_of(table, lines, name)
    rows = []
    for line, values in cells.rows():
        rows.append(Row(table, line, values))
        check(rows[-1], name)
    return rows


def header_of(table: Path, lines: Sequence[str], name: str) -> Cells:
    """Read the header of a table.

    Args:
        table: The file, for messages.
        lines: Its lines.
        name: The name of the schema.

    Returns:
        The header.

    Raises:
        InputError: The header is missing or wrong.
    """
    schema = _schema(name)
    columns = list(schema["properties"])
    cells = Cells.of(table, lines, columns)
    if cells is None:
        raise InputError(
            f"{table}: is empty; its first line must name the columns: {_columns(schema)}"
        )
    cells.check(schema["required"], columns)
    return cells


def check(row: Row, name: str) -> None:
    """Validate a row against `config/schemas/{name}.schema.yaml`.

    Args:
        row: The row.
        name: The name of the schema.

    Raises:
        InputError: A value is missing or not allowed, or a column is unknown.
    """
    try:
        for validate in _validators(name):
            validate(row.values)
    except JsonSchemaValueException as error:
        raise _explained(row, error, _schema(name)) from None


def one_line(text: str) -> str:
    """Replace characters that a cell cannot contain: control characters and lone surrogates.

    Args:
        text: Any text.

    Returns:
        The text on one line, stripped.
    """
    if text.isprintable():  # the usual case; the rest takes ten times as long
        return text.strip()
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+", " ", text).strip()


@functools.cache
def _schema(name: str) -> dict[str, Any]:
    return yaml.safe_load((SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"))


@functools.cache
def _validators(name: str) -> list[Callable[[Mapping[str, str]], Any]]:
    """The validators of a row, in this order: of its cells, its columns, the whole row."""
    whole = dict(_schema(name))
    cells = {key: whole.pop(key) for key in ("properties", "additionalProperties")}
    columns = {"required": whole.pop("required")}
    return [fastjsonschema.compile({"type": "object"} | part) for part in (cells, columns, whole)]


def _columns(schema: dict[str, Any]) -> str:
    optional = set(schema["properties"]) - set(schema["required"])
    names = [f"[{name}]" if name in optional else name for name in schema["properties"]]
    return ", ".join(names) + " (separated by tabs)"


def _explained(row: Row, error: JsonSchemaValueException, schema: dict[str, Any]) -> InputError:
    if error.rule == "anyOf":
        columns = [one["required"][0] for one in schema["anyOf"]]
        return row.error(columns[0], f"the row says nothing; give one of {', '.join(columns)}")
    if error.rule == "additionalProperties":
        column = next(c for c in row.values if c not in schema["properties"])
        return row.error(column, f"is unknown. Columns: {_columns(schema)}")
    if error.rule == "required":
        column = next(c for c in error.rule_definition if c not in row.values)
        found = "is missing"
    else:
        column = error.path[-1]
        found = f"{quoted(str(error.value))} is not allowed"
    return row.error(column, f"{found}; expected {schema['properties'][column]['description']}")


def check_unique(rows: Iterable[Row], columns: tuple[str, ...]) -> None:
    """Refuse two rows with the same key. Case is ignored, as some file systems ignore it.

    Args:
        rows: The rows of a table.
        columns: The columns of the key.

    Raises:
        InputError: Two rows have the same key.
    """
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.values.get(column, "").casefold() for column in columns)
        if key in first:
            named = ", ".join(row.values[column] for column in columns if column in row.values)
            column = [c for c in columns if c in row.values][-1]
            raise row.error(column, f"{named} is already in row {first[key]}")
        first[key] = row.line
