"""The table of decisions: what a reviewer decided on a cut, who, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..core.user_files import exists
from .rows import Row, check_unique, one_line, parse, text_of
from .tables import Dub, check_video, key_of, no_language

REMARK = ("note", "severity", "reason", "frame", "noted_by")
"""The columns of decisions.tsv that comment on a cut."""

NOTE_REASONS = ("Creative Intent", "Best Possible")
"""Why what was seen stays as it is: the words of professional quality control."""

STAMP = ("reviewer", "time")
"""The columns of decisions.tsv, overrides.tsv and edits.tsv that say who decided, and when."""

WHO = ("noted_by", *STAMP)
"""The columns of decisions.tsv that say whose a row is, and nothing of the cut."""

DECISION_VALUES = ("decision", "draft", "preset", "tier", *REMARK, *STAMP)
"""The columns of decisions.tsv without the key."""


def stamp_now() -> str:
    """Tell the time as tables have it.

    Returns:
        UTC, such as 2026-11-27T22:13:05Z.
    """
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Decision:
    """A row of decisions.tsv: a reviewer's decision on a cut. Empty cells are empty strings.

    Attributes:
        row: The row.
        decision: approve, passthrough, retry or restore.
        draft: The draft that the decision is about.
        preset: The engine's preset that the cut is drafted with.
        tier: final, if the cut is marked for the final tier.
        note: A note, one line.
        severity: FYI, Issue or Blocker: how bad it is.
        reason: Creative Intent or Best Possible: why it stays as it is.
        frame: The frame of the film that note, severity and reason are about.
        noted_by: Who wrote the note, or chose severity and reason without one; empty: the reviewer.
        reviewer: Who decided.
        time: When, in UTC, such as 2026-11-27T22:13:05Z.
    """

    row: Row
    decision: str = ""
    draft: str = ""
    preset: str = ""
    tier: str = ""
    note: str = ""
    severity: str = ""
    reason: str = ""
    frame: str = ""
    noted_by: str = ""
    reviewer: str = ""
    time: str = ""

    @property
    def values(self) -> dict[str, str]:
        """The columns without the key, as JSON values."""
        return {key: getattr(self, key) for key in DECISION_VALUES}

    @property
    def obeyed(self) -> dict[str, str]:
        """Those that cuts.tsv depends on. Who decided, and when, changes nothing there."""
        return {key: getattr(self, key) for key in ("decision", "draft", "preset", "tier", "note")}

    @property
    def remark(self) -> dict[str, str]:
        """Those that only the review page shows."""
        return {key: getattr(self, key) for key in (*REMARK[1:], *STAMP)}


def author_of(values: Mapping[str, str]) -> str:
    """Tell who remarked on a cut.

    Args:
        values: The columns `REMARK` and `STAMP` of a row.

    Returns:
        The name; empty where the row tells none.
    """
    return values["noted_by"] or values["reviewer"]


def remark_under(values: Mapping[str, str], reviewer: str) -> dict[str, str]:
    """Tell how a row's remark stands in a row that another reviewer signs: whose it is stays.

    Args:
        values: The columns `REMARK` and `STAMP` of the row.
        reviewer: Who signs the other row.

    Returns:
        The columns `REMARK` of the other row.
    """
    author = author_of(values)
    is_empty = not any(values[name] for name in REMARK[:3])
    noted_by = "" if is_empty or author == reviewer else author
    return {name: values[name] for name in REMARK} | {"noted_by": noted_by}


def read_decisions(
    table: Path, dubs: dict[tuple[str, str], Dub]
) -> dict[tuple[str, str, str], Decision]:
    """Read decisions.tsv.

    Args:
        table: The file; it need not exist.
        dubs: The dubs, by video and key.

    Returns:
        The decisions, by video, dub's key and cut.

    Raises:
        InputError: A row is wrong.
    """
    rows = decision_rows(table, text_of(table, "decisions").lines) if exists(table) else []
    for row in rows:
        check_video(row, dubs)
        if (row.values["video"], row.values["language"]) not in dubs:
            raise no_language(row, dubs)
    return {key_of(row): decision_of(row) for row in rows}


def decision_rows(table: Path, lines: Sequence[str]) -> list[Row]:
    """Parse the lines of a table of decisions.

    Args:
        table: The file they come from, for messages.
        lines: The lines.

    Returns:
        The rows, one for each cut.

    Raises:
        InputError: A row is wrong, or a cut has two rows.
    """
    rows = parse(table, lines, "decisions")
    check_unique(rows, ("video", "language", "cut"))
    return rows


def decision_of(row: Row) -> Decision:
    """Read a row of decisions.tsv.

    Args:
        row: The row.

    Returns:
        The decision, with its note on one line.
    """
    keys = ("video", "language", "cut")
    values = {key: one_line(value) for key, value in row.values.items() if key not in keys}
    return Decision(row, **values)
