"""1,000 damaged tables: each is read, or refused in one sentence that names it, at once."""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from mouthpiece.calibration.labels import read_labels
from mouthpiece.project.given_cuts import read_override
from mouthpiece.project.project import Project
from mouthpiece.review.decisions import Table
from mouthpiece.review.merge import merge
from mouthpiece.runs.folder import Localization, lay_out

from .mutations import SPECIAL_TEXTS, mutated, mutated_text
from .refusal import refusal

Rows = list[list[str]]

INPUTS = 1000
LONGEST_MESSAGE = 1500

TABLES: dict[str, Rows] = {
    "videos": [
        ["video", "path", "consent", "cuts"],
        ["a", "a.mp4", "the speaker, by letter", "cuts.tsv"],
        ["b-2", "my film.mp4", 'her "manager"', ""],
    ],
    "dubs": [
        ["video", "language", "dub", "audio", "length_policy"],
        ["a", "de", "", "de.wav", "pad"],
        ["a", "en-x-kids", "anna", "de.wav", ""],
        ["b-2", "pt-BR", "", "de.wav", "loop"],
    ],
    "decisions": [
        ["video", "language", "cut", "decision", "draft", "preset", "tier", "note"],
        ["a", "de", "000000-000009", "approve", "0123456789ab", "", "", 'a "note"'],
        ["a", "de", "000010-000019", "retry", "", "opens_too_little", "final", ""],
    ],
    "overrides": [
        ["video", "language", "cut", "setting", "value"],
        ["a", "*", "*", "guard.min_face_px", "32"],
        ["a", "de", "000000-000009", "engines.preview.strength", "1.5"],
        ["b-2", "pt-BR", "*", "engines.preview.preset", "opens_too_much"],
    ],
    "cuts": [["first_frame", "frames"], ["0", "10"], ["10", "10"]],
    "labels": [
        ["video", "language", "cut", "label", "scorer", "confidence", "offset_frames", "speech_s"],
        ["a", "de", "000000-000009", "good", "embedded", "0.31", "-1", "2.5"],
        ["a", "de", "000010-000019", "bad", "embedded", "1e-2", "3", ""],
    ],
}

CONFIG = {"videos": "videos.tsv", "dubs": "dubs.tsv"}


def text_of(draw: random.Random, rows: Rows) -> str:
    """Rows as some program writes them."""
    text = io.StringIO()
    quoting = draw.choice(
        [csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]
    )
    tab = draw.choice(["\t"] * 8 + [",", ";", " "])
    end = draw.choice(["\n", "\n", "\r\n", "\r"])
    csv.writer(text, delimiter=tab, lineterminator=end, quoting=quoting).writerows(rows)
    return draw.choice(["", "", "\ufeff", "# a comment\n", "\n"]) + text.getvalue()


def edited(draw: random.Random, rows: Rows) -> Rows:
    """Rows after careless edits: cells replaced, moved, added; rows and columns lost or twice."""
    rows = [[*row] for row in rows]
    for _ in range(draw.randint(0, 3)):
        row = draw.randrange(len(rows))
        kind = draw.randrange(7)
        if kind == 0 and rows[row]:
            rows[row][draw.randrange(len(rows[row]))] = draw.choice(SPECIAL_TEXTS)
        elif kind == 1 and rows[row]:
            at = draw.randrange(len(rows[row]))
            rows[row][at] = mutated_text(draw, rows[row][at], 1)
        elif kind == 2:
            rows[row] = rows[row] + [""] * draw.randint(1, 3)
        elif kind == 3 and rows[row]:
            del rows[row][draw.randrange(len(rows[row]))]
        elif kind == 4:
            rows.insert(row, [*rows[row]])
        elif kind == 5 and len(rows) > 1:
            del rows[row]
        else:
            rows[row].insert(0, draw.choice(SPECIAL_TEXTS))
    return rows


def content_of(draw: random.Random, rows: Rows) -> bytes:
    text = text_of(draw, edited(draw, rows))
    if draw.random() < 0.4:
        text = mutated_text(draw, text)
    content = text.encode(
        draw.choice(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"]), "replace"
    )
    return mutated(draw, content) if draw.random() < 0.2 else content


def lay_out_project(folder: Path) -> None:
    for name in ("a.mp4", "my film.mp4", "de.wav"):
        (folder / name).touch()
    for name, rows in TABLES.items():
        (folder / f"{name}.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
    (folder / "config.yaml").write_text("videos: videos.tsv\ndubs: dubs.tsv\n")


def opened(folder: Path) -> None:
    Project.open(CONFIG, [folder / "config.yaml"])


def reviewed(folder: Path) -> None:
    """A reviewer's decision on top: all other rows stay, and the table can be read again."""
    table = Table(folder / "decisions.tsv")
    before = table.decisions
    table.put(("a", "de", "000020-000029"), {"note": 'a "note"\t#'})
    table.write()
    after = Table(table.path).decisions
    assert after.pop(("a", "de", "000020-000029")).note == 'a "note" #'
    assert {k: d.values for k, d in after.items()} == {k: d.values for k, d in before.items()}
    merge([table.path], folder / "merged.tsv")[0].write()


def added(folder: Path) -> None:
    """`mouthpiece localize` adds a dub."""
    lay_out(folder, Localization(folder / "a.mp4", {"fr": folder / "de.wav"}))


READERS: dict[str, list[Callable[[Path], object]]] = {
    "videos": [opened, added],
    "dubs": [opened, added],
    "decisions": [opened, reviewed],
    "overrides": [opened],
    "cuts": [lambda folder: read_override(folder / "cuts.tsv", 20)],
    "labels": [lambda folder: read_labels(folder / "labels.tsv", {}, "embedded")],
}


@pytest.mark.parametrize("name", TABLES)
def test_a_damaged_table_is_read_or_refused(name: str, tmp_path: Path) -> None:
    draw = random.Random(f"tables of 2026-11-27: {name}")
    lay_out_project(tmp_path)
    table = tmp_path / f"{name}.tsv"
    outcomes: Counter[str] = Counter()
    for number in range(INPUTS // len(TABLES) + 1):
        content = content_of(draw, TABLES[name])
        for read in READERS[name]:
            table.write_bytes(content)
            message = refusal(partial(read, tmp_path), number, content, LONGEST_MESSAGE)
            assert "\n" not in message, (number, content, message)
            outcomes["refused" if message else "read"] += 1
        (tmp_path / "dubs.tsv").write_text("".join("\t".join(r) + "\n" for r in TABLES["dubs"]))
    assert outcomes["read"] > 10 and outcomes["refused"] > 10, outcomes
