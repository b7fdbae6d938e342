"""The tables of what is said: voices, glossary, edits. None of them need exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.languages import language_problem
from ..core.user_files import exists
from .decision_table import STAMP
from .rows import Row, check_unique, one_line, parse, read, text_of
from .tables import Dub, check_scope, check_video, no_language, tag_of

WANTED = ("source", "target", "voice", "shift_frames", "status", "note")
"""The columns of edits.tsv without the key and without who wrote the row, and when."""

SILENT = "-"
"""The target of an edit of which nothing is spoken."""


@dataclass(frozen=True)
class Voice:
    """A row of voices.tsv.

    Attributes:
        row: The row.
        video: The video's id; "*": all.
        speaker: A speaker of its transcript; "*": all.
        language: A language or a dub's key; "*": all.
        voice: The voice, `synthesizer:name`.
    """

    row: Row
    video: str
    speaker: str
    language: str
    voice: str


@dataclass(frozen=True)
class Term:
    """A row of glossary.tsv.

    Attributes:
        language: The target language; "*": all.
        source: The term in the source language.
        target: Its translation.
    """

    language: str
    source: str
    target: str


@dataclass(frozen=True)
class Edit:
    """A row of edits.tsv: what a reviewer wants of a line. Empty cells are empty strings.

    Attributes:
        row: The row.
        source: What the source said when the row was written; empty: whatever it says.
        target: What is spoken instead of the translation; `SILENT`: nothing.
        voice: The voice of the line, `synthesizer:name`.
        shift_frames: How many frames later the line begins, as text.
        status: `approved` or empty.
        note: A note, one line.
        reviewer: Who wants it.
        time: When, in UTC.
    """

    row: Row
    source: str = ""
    target: str = ""
    voice: str = ""
    shift_frames: str = ""
    status: str = ""
    note: str = ""
    reviewer: str = ""
    time: str = ""

    @property
    def values(self) -> dict[str, str]:
        """The columns without the key, as JSON values."""
        return {name: getattr(self, name) for name in (*WANTED, *STAMP)}

    @property
    def wanted(self) -> dict[str, str]:
        """What a run obeys of them: not who wants it, and when."""
        return {name: getattr(self, name) for name in WANTED}


def read_voices(table: Path, dubs: dict[tuple[str, str], Dub]) -> list[Voice]:
    """Read voices.tsv.

    Args:
        table: The file; it need not exist.
        dubs: The dubs, by video and key. A row that names a video is on films that there are.

    Returns:
        The rows, the most general first.

    Raises:
        InputError: A row is wrong.
    """
    rows = read(table, "voices") if exists(table) else []
    for row in rows:
        _check_tag(row)
        if row.values["video"] != "*":
            check_scope(row, dubs)
    check_unique(rows, ("video", "speaker", "language"))
    voices = [Voice(row=row, **row.values) for row in rows]
    return sorted(
        voices,
        key=lambda v: (
            *(v.video != "*", v.speaker != "*", v.language != "*"),
            tag_of(v.language) != v.language,
        ),
    )


def read_glossary(table: Path) -> list[Term]:
    """Read glossary.tsv.

    Args:
        table: The file; it need not exist.

    Returns:
        The terms.

    Raises:
        InputError: A row is wrong.
    """
    rows = read(table, "glossary") if exists(table) else []
    for row in rows:
        _check_tag(row)
    check_unique(rows, ("language", "source"))
    return [Term(**{key: one_line(value) for key, value in row.values.items()}) for row in rows]


def read_edits(table: Path, dubs: dict[tuple[str, str], Dub]) -> dict[tuple[str, str, str], Edit]:
    """Read edits.tsv.

    Args:
        table: The file; it need not exist.
        dubs: The dubs, by video and key.

    Returns:
        The edits, by video, dub's key and line.

    Raises:
        InputError: A row is wrong.
    """
    rows = edit_rows(table, text_of(table, "edits").lines) if exists(table) else []
    edits = {}
    for row in rows:
        video, language = row.values["video"], row.values["language"]
        check_video(row, dubs)
        if (video, language) not in dubs:
            raise no_language(row, dubs)
        edits[video, language, row.values["line"]] = edit_of(row)
    return edits


def _check_tag(row: Row) -> None:
    """Refuse a language that no row of dubs.tsv could have, which would be passed over."""
    tag = tag_of(row.values["language"])
    if tag != "*" and (problem := language_problem(tag)):
        raise row.error("language", problem)


def edit_rows(table: Path, lines: Sequence[str]) -> list[Row]:
    """Parse the lines of a table of edits.

    Args:
        table: The file they come from, for messages.
        lines: The lines.

    Returns:
        The rows, one for each line of a script.

    Raises:
        InputError: A row is wrong, or a line of a script has two rows.
    """
    rows = parse(table, lines, "edits")
    check_unique(rows, ("video", "language", "line"))
    return rows


def edit_of(row: Row) -> Edit:
    """Read a row of edits.tsv.

    Args:
        row: The row.

    Returns:
        The edit, with each of its texts on one line.
    """
    keys = ("video", "language", "line")
    return Edit(row, **{key: one_line(text) for key, text in row.values.items() if key not in keys})
