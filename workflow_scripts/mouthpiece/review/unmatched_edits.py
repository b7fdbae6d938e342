"""Rows of edits.tsv that do nothing: on lines that a script does not have, or of another text.

The id of a line is where it is spoken in the source, so a line may be gone once its source was
transcribed again. Each such row is named at the end of a run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..project.spoken_tables import Edit
from ..text.script import STALE, ScriptLine
from .unmatched import FilmName, nearest_cut


@dataclass(frozen=True, kw_only=True)
class EditRow:
    """A row of edits.tsv.

    Attributes:
        table: The path of the table.
        row: The row's line in the file, counted from 1.
        video: The video.
        language: The key of the dub.
        line: The id of the line.
    """

    table: str
    row: int
    video: str
    language: str
    line: str


@dataclass(frozen=True)
class UnmatchedEdit:
    """A row that does nothing.

    Attributes:
        row: The row.
        reason: Why it does nothing.
    """

    row: EditRow
    reason: str

    def __str__(self) -> str:
        row = self.row
        return (
            f"{row.table}, row {row.row}: the edit of line {row.line} of {row.video} in "
            f"{row.language} is not used: {self.reason}"
        )


def edit_rows(edits: Iterable[Edit]) -> list[dict[str, Any]]:
    """List the rows of a project's edits.

    Args:
        edits: The edits.

    Returns:
        The fields of an `EditRow` each, as JSON values.
    """
    return [
        asdict(
            EditRow(
                table=str(edit.row.table),
                row=edit.row.line,
                video=edit.row.values["video"],
                language=edit.row.values["language"],
                line=edit.row.values["line"],
            )
        )
        for edit in edits
    ]


def unmatched_edits(
    rows: Iterable[Mapping[str, Any]],
    scripts: Mapping[FilmName, Sequence[ScriptLine]],
    given: Iterable[FilmName],
) -> list[UnmatchedEdit]:
    """Find the rows that do nothing.

    Args:
        rows: Rows as `edit_rows` gives them. One on a film that is not made yet is left out.
        scripts: The lines of each film.
        given: The films whose dubs the user gave.

    Returns:
        These rows, in the same order.
    """
    without_script = set(given)
    found = []
    for values in rows:
        row = EditRow(**values)
        film = row.video, row.language
        if film in without_script:
            found.append(UnmatchedEdit(row, "its dub is given, so no line of it is spoken here"))
        elif film in scripts:
            lines = {line.line: line for line in scripts[film]}
            if row.line not in lines:
                nearest = nearest_cut(row.line, lines)
                hint = f"; the nearest is {nearest}" if nearest else ""
                found.append(UnmatchedEdit(row, f"there is no such line{hint}"))
            elif STALE in lines[row.line].flag_codes:
                found.append(UnmatchedEdit(row, "the source says something else there now"))
    return found
