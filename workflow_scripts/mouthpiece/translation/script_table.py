"""A script.tsv that a user gives: a table with the text of each line."""

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from ..core.errors import InputError, quoted
from ..core.notes import Note
from ..core.user_files import read_text, shown
from ..text.timed_text import Cue, TimedText, overlapping

MOST_KB = 8_000

MOST_FRAME = 10**9

LINE = re.compile("([0-9]{6,9})-([0-9]{6,9})")
"""The id of a line: its first and its last frame."""

WANTED = "a script.tsv has the columns target and line, or target, start_frame and end_frame"


def read_script_table(path: Path, rate: Fraction) -> TimedText:
    """Read a script.tsv.

    Args:
        path: A table in UTF-8 with tabs between its cells. Its columns are `target` and `line`, or
            `target`, `start_frame` and `end_frame`; others may be there, as in a script.tsv of the
            results.
        rate: The frames a second of the film.

    Returns:
        What it says, by when it begins. A line without a text has an empty one.

    Raises:
        InputError: A row is wrong. The message names it.
    """
    rows = [row.rstrip("\r").split("\t") for row in read_text(path, MOST_KB).split("\n")]
    names = [name.strip() for name in rows[0]]
    has_frames = {"start_frame", "end_frame"} <= set(names)
    if "target" not in names or not (has_frames or "line" in names):
        raise InputError(f"{shown(path)}: {WANTED}; name them in the first row")
    cues: list[Cue] = []
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(names):
            raise InputError(
                f"{shown(path)}, row {number}: has {len(cells)} cells, and the first row "
                f"{len(names)}; is there a tab in a text?"
            )
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
        start, end = _frames(path, number, row, has_frames)
        text = " ".join(row.get("target", "").split())
        cues.append(Cue(len(cues) + 1, number, float(start / rate), float(end / rate), text))
    if not any(cue.text for cue in cues):
        raise InputError(f"{shown(path)}: no row has a text in the column target")
    cues.sort(key=lambda cue: cue.start_s)
    notes = []
    if empty := sum(not cue.text for cue in cues):
        notes.append(Note("script_cues_empty", {"cues": empty}))
    if crossed := overlapping(cues):
        values = {"cues": len(crossed), "first_cue": crossed[0].number}
        notes.append(Note("script_cues_overlap", {**values}))
    return TimedText(tuple(cues), True, tuple(notes))


def _frames(
    path: Path, number: int, row: Mapping[str, str], has_frames: bool
) -> tuple[Fraction, Fraction]:
    """The first frame of a row, and the one after its last."""
    if has_frames and row.get("start_frame"):
        texts = row["start_frame"], row.get("end_frame", "")
        if all(re.fullmatch("[0-9]{1,9}", text) for text in texts):
            start, end = int(texts[0]), int(texts[1])
            if start < end:
                return Fraction(start), Fraction(end)
        what = " to ".join(texts)
    else:
        what = row.get("line", "")
        if found := LINE.fullmatch(what):
            start, last = int(found[1]), int(found[2])
            if start <= last:
                return Fraction(start), Fraction(last + 1)
    raise InputError(
        f"{shown(path)}, row {number}: {quoted(what)} are no frames, the first before the last, "
        "such as 000120-000199"
    )
