"""Labels: drafts that are known to be in sync or not, with the scores they got.

A label is a reviewer's decision on the very draft that was scored (approve is good, passthrough is
bad), or a row of a table of labels (`config/schemas/labels.schema.yaml`), which may hold a score.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.cut_table import CutRow, read_rows
from ..core.errors import InputError, quoted
from ..core.files import write_text
from ..core.user_files import file_problem, resolved, shown
from ..project.rows import Row, read
from ..project.table_text import line_of
from ..project.tables import key_of

RANGES = {
    "confidence": (-100, 100),
    "distance": (-1000, 1000),
    "offset_frames": (-1000, 1000),
    "speech_s": (0, 1_000_000),
    "duration_s": (0, 1_000_000),
}
"""The columns that hold numbers of a score, as `judge` takes it, and what they may be."""

NUMBERS = tuple(RANGES)


@dataclass(frozen=True)
class Labelled:
    """A scored draft that is known to be good or bad.

    Attributes:
        video: The video's id.
        language: The dub's key.
        cut: The cut's id.
        good: Whether the draft is in sync.
        score: The draft's score, as `scorers.verdict.judge` takes it.
        note: Where the label comes from, for a person.
        source: The score of the source's picture with its own sound; None where it is unknown.
    """

    video: str
    language: str
    cut: str
    good: bool
    score: Mapping[str, Any]
    note: str = ""
    source: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Labels:
    """Labels, and what was not used.

    Attributes:
        drafts: The labelled drafts.
        left_out: How many labels are not used, by reason.
    """

    drafts: list[Labelled] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_films(tables: Iterable[Path]) -> dict[tuple[str, str], list[CutRow]]:
    """Read the cut tables of films.

    Args:
        tables: Paths that end in VIDEO/LANGUAGE/cuts.tsv.

    Returns:
        Each table's rows by (video, language).

    Raises:
        InputError: If a file is not a cut table of this version.
    """
    films = {}
    for table in tables:
        if problem := file_problem(table):
            raise InputError(f"{shown(table)}: {problem}")
        try:
            *_, video, language, _ = resolved(table).parts
            films[video, language] = rows = read_rows(table)
            for row in rows:
                _check_numbers(row)
        except (OSError, ValueError, TypeError, LookupError) as error:
            raise InputError(f"{table}: is not a cuts.tsv of this version ({error})") from None
    return films


def _check_numbers(row: CutRow) -> None:
    """Raise ValueError for a score that is no finite number."""
    texts = [row.confidence, row.distance, row.speech_s, row.offset_frames] if row.scorer else []
    for text in (*texts, row.source_confidence or "0"):
        if not math.isfinite(float(text)):
            raise ValueError(f"cut {row.cut}: {text!r} is no number")
    int(row.offset_frames or 0)


def read_labels(table: Path, films: Mapping[tuple[str, str], list[CutRow]], scorer: str) -> Labels:
    """Read a table of labels.

    Args:
        table: A table as `config/schemas/labels.schema.yaml` describes it.
        films: What `read_films` returns; a row without a confidence takes its cut's score there.
        scorer: The scorer of rows that have a confidence and name no scorer; may be empty.

    Returns:
        The labels.

    Raises:
        InputError: If the table is wrong. The message names the row and the column.
    """
    labels = Labels()
    cuts = _by_cut(films)
    seen: dict[tuple[str, ...], int] = {}
    for row in _rows(table, "labels"):
        key = key_of(row)
        good = row.values["label"] == "good"
        note = row.values.get("note", "")
        if "confidence" in row.values:
            labels.drafts.append(Labelled(*key, good, _own_score(row, scorer), note))
            continue
        if key in seen:
            raise row.error("cut", f"{', '.join(key)} is already in row {seen[key]}")
        seen[key] = row.line
        _join(labels, cuts.get(key), key, good, row.values.get("draft", ""), note)
    return labels


def read_decisions(table: Path, films: Mapping[tuple[str, str], list[CutRow]]) -> Labels:
    """Read reviewers' decisions as labels.

    Args:
        table: A decisions.tsv. Only a decision that is bound to the scored draft is a label.
        films: What `read_films` returns.

    Returns:
        The labels.

    Raises:
        InputError: If the table is wrong. The message names the row and the column.
    """
    labels = Labels()
    cuts = _by_cut(films)
    for row in _rows(table, "decisions"):
        decision = row.values.get("decision", "")
        key = key_of(row)
        if decision not in ("approve", "passthrough"):
            continue
        if "draft" not in row.values:
            labels.left_out["bound to no draft"] += 1
            continue
        note = row.values.get("note", "")
        _join(labels, cuts.get(key), key, decision == "approve", row.values["draft"], note)
    return labels


def _rows(table: Path, name: str) -> list[Row]:
    if problem := file_problem(table):
        raise InputError(f"{shown(table)}: {problem}")
    return read(table, name)


def _by_cut(
    films: Mapping[tuple[str, str], list[CutRow]],
) -> dict[tuple[str, str, str], CutRow]:
    return {(*film, row.cut): row for film, rows in films.items() for row in rows}


def _join(
    labels: Labels,
    row: CutRow | None,
    key: tuple[str, str, str],
    good: bool,
    draft: str,
    note: str,
) -> None:
    if row is None:
        labels.left_out["no such cut in the tables given"] += 1
    elif draft and draft != row.draft:
        labels.left_out["stale: made on another draft"] += 1
    elif not row.scorer:
        labels.left_out["the cut has no scored draft"] += 1
    elif row.gate == "unjudged":
        labels.left_out["too short or too silent to judge"] += 1
    else:
        labels.drafts.append(Labelled(*key, good, _score_of(row), note, _source_of(row)))


def _score_of(row: CutRow) -> dict[str, Any]:
    # The row has no length in seconds; the gate judged the cut, so it is long enough.
    return {
        "scorer": row.scorer,
        "confidence": float(row.confidence),
        "distance": float(row.distance),
        "offset_frames": int(row.offset_frames),
        "speech_s": float(row.speech_s),
        "duration_s": math.inf,
    }


def _source_of(row: CutRow) -> dict[str, Any] | None:
    # At or below 0 it is under every threshold, where the gate asks for no share of it.
    if not row.source_confidence or float(row.source_confidence) <= 0:
        return None
    return {"scorer": row.scorer, "confidence": float(row.source_confidence)}


def _own_score(row: Row, scorer: str) -> dict[str, Any]:
    name = row.values.get("scorer", scorer)
    if not name:
        raise row.error("scorer", "is missing; say whose confidence this is, here or by --scorer")
    score: dict[str, Any] = {
        "distance": 0.0,
        "offset_frames": 0,
        "speech_s": math.inf,
        "duration_s": math.inf,
    }
    score |= {key: _number(row, key) for key in NUMBERS if key in row.values}
    return score | {"scorer": name, "offset_frames": int(score["offset_frames"])}


def _number(row: Row, column: str) -> float:
    value, (low, high) = float(row.values[column]), RANGES[column]
    if not low <= value <= high:
        raise row.error(
            column,
            f"{quoted(row.values[column])} is not allowed; wanted a number from {low} to {high}",
        )
    return value


def write_labels(drafts: Iterable[Labelled], table: Path) -> None:
    """Write labelled drafts as a table that `read_labels` reads.

    Args:
        drafts: Drafts with their scores.
        table: The file to write.
    """
    lines = [line_of(("video", "language", "cut", "label", "scorer", *NUMBERS, "note"))]
    for draft in drafts:
        numbers = [_text(float(draft.score[key])) for key in NUMBERS]
        label, scorer = "good" if draft.good else "bad", draft.score["scorer"]
        lines.append(
            line_of((draft.video, draft.language, draft.cut, label, scorer, *numbers, draft.note))
        )
    write_text(table, "".join(line + "\n" for line in lines))


def _text(value: float) -> str:
    return f"{value:.10g}" if math.isfinite(value) else ""
