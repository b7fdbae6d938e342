"""The tables a user writes: videos, dubs, decisions, overrides.

Each is a TSV file that is checked against its schema in `config/schemas/`; an error names the file,
the row (its line), the column, what was found and the allowed form.
"""

import csv
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastjsonschema
import langcodes
import yaml
from fastjsonschema import JsonSchemaValueException

from ..core.errors import InputError, quoted
from ..core.paths import WORKFLOW

VIDEO_PATTERN = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}"

LANGUAGE_PATTERN = "[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}(?:_[A-Za-z0-9-]{1,64})?"
"""What names a video, and a dub (`Dub.key`), in paths and addresses; as in the schemas."""

BOM = "\ufeff"

LINE_END = re.compile("\r\n|\r|\n")

SCHEMAS = WORKFLOW / "config" / "schemas"


@dataclass(frozen=True)
class Row:
    """A row of a table: its line in the file, and its non-empty values."""

    table: Path
    line: int
    values: dict[str, str]

    def error(self, column: str, problem: str) -> InputError:
        """An error about one of the row's values."""
        return InputError(f"{self.table}, row {self.line}, column {column}: {problem}")

    def file(self, column: str) -> Path:
        """A path of the row, relative to the table's folder. Raises InputError if it is no file."""
        path = self.table.parent / Path(self.values[column]).expanduser()
        if not path.is_file():
            raise self.error(column, f"there is no file {self.values[column]!r} ({path})")
        return path.resolve()


@dataclass(frozen=True)
class Video:
    """A row of videos.tsv."""

    video: str
    path: Path
    consent: str
    cuts: Path | None


@dataclass(frozen=True)
class Dub:
    """A row of dubs.tsv."""

    video: str
    language: str
    dub: str
    """Which of the dubs in this language; empty where there is one."""
    audio: Path
    length_policy: str | None

    @property
    def key(self) -> str:
        """What tells it from the video's other dubs: `de`, or `de_anna` for the dub `anna`."""
        return f"{self.language}_{self.dub}" if self.dub else self.language


@dataclass(frozen=True)
class Decision:
    """A row of decisions.tsv: a person's word on a cut; empty text where nothing is said."""

    row: Row
    decision: str = ""
    """approve, passthrough or retry."""
    draft: str = ""
    """The draft it was made on."""
    preset: str = ""
    """The engine's preset that the cut is drafted with."""
    tier: str = ""
    note: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What it says, as JSON values."""
        return {key: getattr(self, key) for key in ("decision", "draft", "preset", "tier", "note")}


@dataclass(frozen=True)
class Override:
    """A row of overrides.tsv: one setting of a video, a language ("*": all), a cut ("*": all)."""

    row: Row
    video: str
    language: str
    cut: str
    setting: str
    value: str


def read(table: Path, name: str) -> list[Row]:
    """Read a table and check it against `config/schemas/{name}.schema.yaml`.

    Lines that are empty or begin with # are skipped. Raises InputError.
    """
    return parse(table, lines_of(table, name), name)


def lines_of(table: Path, name: str) -> list[str]:
    """The lines of a table that config key `name` names. Raises InputError."""
    # Not splitlines: it takes characters that a cell may hold for ends of lines.
    return LINE_END.split(text_of(table, name).removeprefix(BOM))


def text_of(table: Path, name: str) -> str:
    """The text of a table, as it is, that config key `name` names. Raises InputError."""
    try:
        return table.read_bytes().decode()
    except FileNotFoundError:
        raise InputError(f"{table}: there is no such table; config key {name!r} names it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{table}: is no readable UTF-8 text ({error})") from None


def parse(table: Path, lines: list[str], name: str) -> list[Row]:
    """The rows that the lines of a table hold; see `read`."""
    schema = _schema(name)
    content = [(i, line) for i, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    if not content:
        raise InputError(f"{table}: is empty; its first line names the columns: {_columns(schema)}")
    header = header_of(content[0][1])
    _check_header(table, content[0][0], header, schema)
    return [
        _row(table, line, header, _cells(table, line, text), name) for line, text in content[1:]
    ]


def header_of(line: str) -> list[str]:
    """The columns that the first line of a table names."""
    return [cell.strip() for cell in line.split("\t")]


def check(row: Row, name: str) -> None:
    """Check a row against `config/schemas/{name}.schema.yaml`. Raises InputError."""
    try:
        for validate in _validators(name):
            validate(row.values)
    except JsonSchemaValueException as error:
        raise _explained(row, error, _schema(name)) from None


def one_line(text: str) -> str:
    """A text without what would end a cell, a line, or (a lone surrogate) the encoding."""
    if text.isprintable():  # as nearly all is, and what follows takes ten times as long
        return text.strip()
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+", " ", text).strip()


@functools.cache
def _schema(name: str) -> dict[str, Any]:
    return yaml.safe_load((SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"))


@functools.cache
def _validators(name: str) -> list[Callable[[Mapping[str, str]], Any]]:
    """Validators of a row in the order in which it is checked: cells, columns, the whole row."""
    whole = dict(_schema(name))
    cells = {key: whole.pop(key) for key in ("properties", "additionalProperties")}
    columns = {"required": whole.pop("required")}
    return [fastjsonschema.compile({"type": "object"} | part) for part in (cells, columns, whole)]


def _cells(table: Path, line: int, text: str) -> list[str]:
    """The cells of a line: separated by tabs, in quotes where they begin with one."""
    try:
        return next(csv.reader([text], delimiter="\t", strict=True))
    except csv.Error:
        raise InputError(
            f"{table}, row {line}: a cell begins with a quote that is not closed at its end; write "
            '"say ""so""" for: say "so"'
        ) from None


def _columns(schema: dict[str, Any]) -> str:
    optional = set(schema["properties"]) - set(schema["required"])
    names = [f"[{name}]" if name in optional else name for name in schema["properties"]]
    return ", ".join(names) + " (separated by tabs)"


def _check_header(table: Path, line: int, header: list[str], schema: dict[str, Any]) -> None:
    problems = [f"no column {name!r}" for name in schema["required"] if name not in header]
    problems += [f"unknown column {name!r}" for name in header if name not in schema["properties"]]
    problems += [f"column {n!r} twice" for n in sorted(set(header)) if header.count(n) > 1]
    if problems:
        raise InputError(f"{table}, row {line}: {'; '.join(problems)}. Columns: {_columns(schema)}")


def _row(table: Path, line: int, header: list[str], cells: list[str], name: str) -> Row:
    if len(cells) > len(header):
        raise InputError(f"{table}, row {line}: {len(cells)} values for {len(header)} columns")
    values = {k: v.strip() for k, v in zip(header, cells, strict=False) if v.strip()}
    row = Row(table, line, values)
    check(row, name)
    return row


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
    return row.error(column, f"{found}; wanted {schema['properties'][column]['description']}")


def tag_of(key: str) -> str:
    """The language of a dub, by its key."""
    return key.partition("_")[0]


def _unique(rows: Iterable[Row], columns: tuple[str, ...]) -> None:
    """Refuse rows of the same key, in whatever letter case (folders of some systems ignore it)."""
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.values.get(column, "").casefold() for column in columns)
        if key in first:
            named = ", ".join(row.values[column] for column in columns if column in row.values)
            column = [c for c in columns if c in row.values][-1]
            raise row.error(column, f"{named} stands in row {first[key]} already")
        first[key] = row.line


def read_videos(table: Path) -> dict[str, Video]:
    """The videos by id. Raises InputError, also for a file that is not there."""
    rows = read(table, "videos")
    _unique(rows, ("video",))
    return {
        row.values["video"]: Video(
            row.values["video"],
            row.file("path"),
            row.values["consent"],
            row.file("cuts") if "cuts" in row.values else None,
        )
        for row in rows
    }


def read_dubs(table: Path, videos: dict[str, Video]) -> dict[tuple[str, str], Dub]:
    """The dubs by video and `Dub.key`. Raises InputError."""
    rows = read(table, "dubs")
    _unique(rows, ("video", "language", "dub"))
    dubs = {}
    for row in rows:
        video, language = row.values["video"], row.values["language"]
        if video not in videos:
            raise row.error("video", f"{video!r} does not stand in videos.tsv")
        _check_language(row, language)
        name, policy = row.values.get("dub", ""), row.values.get("length_policy")
        dub = Dub(video, language, name, row.file("audio"), policy)
        dubs[video, dub.key] = dub
    return dubs


def _check_language(row: Row, language: str) -> None:
    if not langcodes.tag_is_valid(language):
        raise row.error("language", f"{language!r} is no language that BCP-47 knows, such as pt-BR")
    standard = langcodes.standardize_tag(language)
    if standard != language:
        raise row.error("language", f"write {language!r} as {standard!r}")


def read_decisions(
    table: Path, dubs: dict[tuple[str, str], Dub]
) -> dict[tuple[str, str, str], Decision]:
    """The decisions by (video, language, cut); none where there is no table. Raises InputError."""
    rows = decision_rows(table, lines_of(table, "decisions")) if table.exists() else []
    for row in rows:
        if (row.values["video"], row.values["language"]) not in dubs:
            raise row.error("language", "this video has no such language in dubs.tsv")
    return {key_of(row): decision_of(row) for row in rows}


def decision_rows(table: Path, lines: list[str]) -> list[Row]:
    """The rows that the lines of a decisions table hold, one a cut. Raises InputError."""
    rows = parse(table, lines, "decisions")
    _unique(rows, ("video", "language", "cut"))
    return rows


def key_of(row: Row) -> tuple[str, str, str]:
    """The video, language and cut that a row is about."""
    return row.values["video"], row.values["language"], row.values["cut"]


def decision_of(row: Row) -> Decision:
    """What a row of decisions.tsv says; the note on one line."""
    keys = ("video", "language", "cut")
    said = {key: one_line(value) for key, value in row.values.items() if key not in keys}
    return Decision(row, **said)


def read_overrides(table: Path, dubs: dict[tuple[str, str], Dub]) -> list[Override]:
    """The overrides, the most general first; none where there is no table. Raises InputError.

    Of one scope, a preset is before the keys that are said beside it.
    """

    def known(row: Row) -> None:
        video, language = row.values["video"], row.values["language"]
        if not any(v == video and language in ("*", key, tag_of(key)) for v, key in dubs):
            raise row.error("language", "this video has no such language in dubs.tsv")
        if row.values["setting"].startswith(("guard", "speaker")) and language != "*":
            raise row.error("language", "guard and speaker serve all languages: write *")

    rows = read(table, "overrides") if table.exists() else []
    for row in rows:
        known(row)
    _unique(rows, ("video", "language", "cut", "setting"))
    overrides = [Override(row=row, **row.values) for row in rows]
    return sorted(
        overrides,
        key=lambda o: (
            *(o.cut != "*", o.language != "*", tag_of(o.language) != o.language),
            not o.setting.endswith(".preset"),
        ),
    )
