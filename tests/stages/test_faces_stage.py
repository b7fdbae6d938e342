"""Stage `faces`: who speaks, judged over a whole film."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from mouthpiece.core.faces_table import read_faces
from mouthpiece.core.source_sync import read_sync
from mouthpiece.reports.note_wordings import sentence
from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.scorers.lse import OFFSETS
from mouthpiece.stages.faces import list_faces

LIMITS = EmbeddedSettings().speaking_limits
FRAMES = 100


def judged(folder: Path, *cuts: dict[str, Any]) -> tuple[dict[str, bool], Any]:
    """The table and the sync.json of a film of such cuts."""
    rows = ["cut\tfirst_frame\tframes"]
    guards = []
    for at, guard in enumerate(cuts):
        first = at * FRAMES
        name = f"{first:06d}-{first + FRAMES - 1:06d}"
        rows.append(f"{name}\t{first}\t{FRAMES}")
        guards.append(folder / f"{at}.json")
        guards[-1].write_text(json.dumps(guard))
    (folder / "boundaries.tsv").write_text("\n".join(rows) + "\n")
    table, sync = folder / "faces.tsv", folder / "sync.json"
    list_faces(folder / "boundaries.tsv", guards, table, sync, "embedded", LIMITS)
    return read_faces(table), read_sync(sync)


def cut(depth: float, offset: int, **more: Any) -> dict[str, Any]:
    """A guard.json of a cut with 4 s of speech."""
    values = list(1.2 + 0.01 * np.sin(np.arange(31)) - depth * (offset == OFFSETS))
    score = {"scorer": "embedded", "curve": values, "confidence": depth, "speech_s": 4.0}
    speaker = {"verdict": "unknown", "reasons": [], "reported": [], "others": [], **more}
    speaker["score"] = score | {"offset_frames": offset, "lip_range": 0.07}
    return {"redrawn": not speaker["reasons"], "tracked": True, "speaker": speaker}


REFUSED = {"reasons": [{"code": "not_speaking", "value": 0.1}]}


def test_cuts_of_a_late_source_are_not_refused(tmp_path: Path) -> None:
    faces, sync = judged(tmp_path, cut(0.25, -7), cut(0.11, -7, **REFUSED), cut(0.1, 5))
    assert list(faces.values()) == [True, True, False]
    assert sync.offset_frames == -7
    assert next(found["verdict"] for found in sync.speakers.values()) == "speaks"
    (note,) = sync.notes
    assert sentence(note).startswith("The source's sound is 7 frames late (280 ms, at 25 fps)")
    assert "raise normalize.sound_late_ms by 280" in sentence(note)


def test_a_source_in_sync_has_no_note(tmp_path: Path) -> None:
    _, sync = judged(tmp_path, cut(0.2, -1), cut(0.2, 0))
    assert sync.notes == ()
    reported = [found["reported"] for found in sync.speakers.values()]
    assert reported == [[], []]


def test_cuts_without_a_score_are_as_their_guards_say(tmp_path: Path) -> None:
    speaker = {"verdict": "unknown", "reasons": [], "reported": [], "score": {}, "others": []}
    seen = {"redrawn": True, "tracked": True, "speaker": speaker}
    unseen = {"redrawn": False, "tracked": False, "speaker": speaker}
    faces, sync = judged(tmp_path, seen, unseen)
    assert list(faces.values()) == [True, False]
    assert sync.offset_frames is None and sync.speakers == {}
    assert sync.speaker("000000-000099", seen) == speaker
