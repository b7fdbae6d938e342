"""Stage `faces`: who speaks, judged over a whole film."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from mouthpiece.core.faces_table import read_face_numbers, read_faces
from mouthpiece.core.source_sync import read_sync
from mouthpiece.reports.note_wordings import sentence
from mouthpiece.scorers import speaker_verdict
from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.scorers.lse import OFFSETS
from mouthpiece.scorers.speaking import nothing_known
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


FACES = {"mode": "passthrough", "second_face": 0.7}
"""What the finding of a cut with two faces has."""


def judge_in_film(found: dict[str, Any]) -> dict[str, Any]:
    """A cut judged by itself."""
    return speaker_verdict.judge_in_film(found, None, LIMITS, "embedded")


REFUSED = {"reasons": [{"code": "not_speaking", "value": 0.1}]}


def test_cuts_of_a_late_source_are_not_refused(tmp_path: Path) -> None:
    faces, sync = judged(tmp_path, cut(0.33, -7), cut(0.15, -7, **REFUSED), cut(0.13, 5))
    assert list(faces.values()) == [True, True, False]
    assert sync.offset_frames == -7
    assert next(found["verdict"] for found in sync.speakers.values()) == "speaks"
    (note,) = sync.notes
    assert sentence(note).startswith("The source's sound is 7 frames late (280 ms, at 25 fps)")
    assert "raise normalize.sound_late_ms by 280" in sentence(note)


def test_of_two_faces_the_one_that_goes_with_the_late_sound_is_chosen(tmp_path: Path) -> None:
    listener, speaker = (cut(*of)["speaker"]["score"] for of in ((0.2, 1), (0.19, -7)))
    alone = judge_in_film(nothing_known() | FACES | {"score": listener, "others": [speaker]})
    assert (alone["verdict"], alone["face"]) == ("speaks", 0), "by itself, the wrong one"
    contested = {"redrawn": True, "tracked": True, "speaker": alone}
    late = [cut(0.25, -7), cut(0.25, -7)]
    faces, sync = judged(tmp_path, *late, contested)
    assert list(faces.values()) == [True] * 3 and sync.offset_frames == -7
    assert list(read_face_numbers(tmp_path / "faces.tsv").values()) == [0, 0, 1]
    found = list(sync.speakers.values())[-1]
    assert (found["verdict"], found["reasons"], found["face"]) == ("speaks", [], 1)
    assert found["score"]["curve"] == speaker["curve"]
    assert [one["curve"] for one in found["others"]] == [listener["curve"]]


def test_neither_of_two_faces_is_redrawn_where_the_film_speaks_for_none(tmp_path: Path) -> None:
    scores = [cut(0.2, at)["speaker"]["score"] for at in (2, 9)]
    alone = judge_in_film(nothing_known() | FACES | {"score": scores[0], "others": scores[1:]})
    contested = {"redrawn": True, "tracked": True, "speaker": alone}
    faces, _ = judged(tmp_path, cut(0.25, -7), cut(0.25, -7), contested)
    assert list(faces.values()) == [True, True, False]


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
