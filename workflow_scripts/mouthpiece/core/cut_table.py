"""The rows of cuts.tsv: everything known of each cut of a film."""

import csv
import io
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .files import write_text


def read_table(table: Path) -> list[dict[str, str]]:
    """The rows of cuts.tsv, whatever columns it has."""
    lines = table.read_text(encoding="utf-8").split("\n")
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines[1:] if line]


@dataclass(frozen=True)
class CutRow:
    """A row of cuts.tsv: everything known of a cut. Empty text where something does not apply."""

    cut: str
    first_frame: int
    frames: int
    guard: str
    guard_reasons: str
    reported: str
    speaker: str
    source_confidence: str
    source_offset_frames: str
    engine: str
    fault: str
    gate: str
    gate_reasons: str
    scorer: str
    confidence: str
    distance: str
    offset_frames: str
    speech_s: str
    enhanced: str
    enhance_reasons: str
    drafted_confidence: str
    enhanced_confidence: str
    draft: str
    decision: str
    preset: str
    tier: str
    note: str
    action: str
    reason: str
    attempts: str
    moved_frames: str
    settings: str
    facts: str
    weights: str
    code: str


def write_rows(rows: list[CutRow], table: Path) -> None:
    """Write cuts.tsv."""
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None
    )
    writer.writerow([field.name for field in fields(CutRow)])
    writer.writerows([getattr(row, field.name) for field in fields(CutRow)] for row in rows)
    write_text(table, text.getvalue())


def read_rows(table: Path) -> list[CutRow]:
    """Read cuts.tsv."""
    lines = table.read_text(encoding="utf-8").split("\n")
    names = lines[0].split("\t")
    rows = []
    for line in filter(None, lines[1:]):
        values: dict[str, Any] = dict(zip(names, line.split("\t"), strict=True))
        for name in ("first_frame", "frames"):
            values[name] = int(values[name])
        rows.append(CutRow(**values))
    return rows
