"""Whose clips are in a folder of benchmarks/people.py, and whose sound each cut may get."""

import sys
from fractions import Fraction
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

import people_cuts
import people_folder
from people import PARTS, Cut, How, _measure
from people_folder import cuts, left_out, persons, sources
from talking import Clip, Shot, Stopwatch

from mouthpiece.core.errors import Fault
from mouthpiece.core.timeline import Clock

HOW = How(PARTS, 6, "embedded", Path())
SPEAKER = {"score": {}, "verdict": "speaks"}


def test_numbered_clips_are_of_different_people() -> None:
    names = [f"clip_{number:02}" for number in range(1, 21)]
    assert persons(names) == {name: name for name in names}
    assert set(persons(names, numbered=True).values()) == {"clip"}


def test_a_numbered_clip_is_of_whom_a_clip_without_number_is_named_for() -> None:
    found = persons(["anna", "anna_2", "anna_03", "bob_1", "bob_2"])
    assert found == dict.fromkeys(["anna", "anna_2", "anna_03"], "anna") | {
        "bob_1": "bob_1",
        "bob_2": "bob_2",
    }


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.MOV", "b.webm", "note.txt"):
        (tmp_path / name).touch()
    found = sources(tmp_path, tmp_path / "made", HOW)
    assert [source.name for source in found] == ["a.MOV", "a.mp4", "b"]


def watched(name: str) -> people_folder.Watched:
    """A clip of one cut with a face and a voice."""
    clip = Clip(name, Path(), Path(), name)
    verdict = Mock(verdict="lipsync", reasons=[])
    shot = Shot(clip, Clock(Fraction(25), 0, 50), verdict, [Mock()], Mock())
    return people_folder.Watched([shot], {shot.name: SPEAKER}, Stopwatch())


def clips(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[Cut]:
    monkeypatch.setattr(people_folder, "_speaks", lambda _: True)
    return [cut for (cut,) in cuts([watched(name) for name in names], HOW)]


def test_each_cut_gets_the_sound_of_two_others(monkeypatch: pytest.MonkeyPatch) -> None:
    found = clips(monkeypatch, "clip_01", "clip_02", "clip_03")
    assert [[shot.clip.name for shot in cut.others] for cut in found] == [
        ["clip_02", "clip_03"],
        ["clip_03", "clip_01"],
        ["clip_01", "clip_02"],
    ]
    assert list(left_out(found, PARTS)) == []


def test_what_other_voices_are_missing_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    (alone,) = left_out(clips(monkeypatch, "a"), PARTS)
    assert alone.startswith("a:0: no other voice: part dub and swapped sound are left out")
    (one,) = left_out(clips(monkeypatch, "a", "b"), PARTS)
    assert one.startswith("a:0, b:0: one other voice only: one draft")
    assert list(left_out(clips(monkeypatch, "a", "b"), frozenset(("own",)))) == []


def test_without_other_voices_all_parts_but_dub_are_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (cut,) = clips(monkeypatch, "a")
    bench = Mock(folder=Path(), stopwatch=Stopwatch())
    bench.emptied.return_value = (Mock(), Stopwatch())
    bench.who.return_value = {"speaker": "speaks"}
    bench.scored.return_value = Mock(confidence=0.3)
    monkeypatch.setattr("people.bench_of", lambda *_: bench)
    monkeypatch.setattr(Shot, "samples", np.zeros(32000))
    monkeypatch.setattr(Shot, "face", [])
    for name, row in (("own", {"opening_r": 0.6}), ("closures", {"closed": 1.0}), ("dub", None)):
        monkeypatch.setattr(people_cuts, name, Mock(return_value=row))
    monkeypatch.setattr(people_cuts, "read_rgb", Mock())
    (row,) = _measure(cut).rows
    assert (row["speaker"], row["opening_r"], row["closed"]) == ("speaks", 0.6, 1.0)
    assert row["source_right"] == 0.3 and "source_swapped" not in row
    people_cuts.dub.assert_not_called()
    bench.source.assert_called_once()
    monkeypatch.setattr(people_cuts, "own", Mock(side_effect=Fault("frame 3 is missing")))
    (row,) = _measure(cut).rows
    assert (row["guard"], row["speaker"], row["fault"]) == (
        "lipsync", "speaks", "frame 3 is missing",
    )  # fmt: skip
