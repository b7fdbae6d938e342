"""Pieces of a draft in benchmarks/people.py, measured as a run measures a cut."""

import sys
from fractions import Fraction
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from test_picture import FRAMES, LOWER, face, looks

from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

import people_drafts
from people_drafts import SEEN, Picture, _heard_beside, _silences, dub
from people_figures import Pieces
from people_gate import Draft
from talking import Clip, Drawn, Shot, Stopwatch

from mouthpiece.core.timeline import Clock
from mouthpiece.project.gate import Gate

QUIET_FROM = 30
HEARD = np.arange(FRAMES) < QUIET_FROM
CLOCK = Clock(Fraction(25), 0, FRAMES)
SHOT = Shot(Clip("a", Path(), None), CLOCK, Mock(), [Mock(points=face())], None)


def drawn() -> Drawn:
    """A draft whose mouth is open where nobody is heard, and whose shade jumps once."""
    points = face(0)
    points[:, LOWER, 1] += np.where(HEARD, 0, 0.1)[:, None]
    return Drawn(points, looks(), points)


def test_a_piece_is_measured_by_its_own_frames_and_silences() -> None:
    draft = Picture(SHOT, drawn(), HEARD, HEARD)
    early, late = draft.measures(0.0, 1.0), draft.measures(1.0, 1.0)
    assert (early["open_in_silence_s"], early["silence_s"]) == (0.0, 0.0)
    assert late["open_in_silence_s"] is not None and late["open_in_silence_s"] > 0.5
    assert (early["shade_step"], late["shade_step"]) == (4.0, 0.0)


def test_only_with_its_own_sound_a_piece_is_judged_by_its_silences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silences: list[np.ndarray] = []

    def laid_in(shot: Shot, patches: object, stopwatch: Stopwatch, silent: np.ndarray) -> Drawn:
        silences.append(silent)
        return drawn()

    for name, value in (
        ("CUT_S", 2.0),
        ("SHORT_S", 9.0),
        ("driven", Mock()),
        ("laid_in", laid_in),
        ("speech_frames", lambda *_: HEARD),
    ):
        monkeypatch.setattr(people_drafts, name, value)
    bench = Mock(found=Pieces(), draft_limits=Gate().draft_limits)
    bench.scored = lambda person, sound, *_: Draft(person, sound, 2.0, 4.0, 0.3, 0)
    row = dub(bench, SHOT, Path(), [np.zeros(32000), np.zeros(32000)])
    assert (row["dub_right"], row["dub_right_whole_gate"]) == ("2/2", "0/2")
    assert row["dub_faults"].split(" | ")[0].split(";")[1].startswith("open_in_silence=")
    assert np.array_equal(silences[0], ~HEARD) and len(silences) == 2
    for draft in bench.found.drafts:
        whole = set(draft.picture) > set(SEEN)
        assert whole == (draft.sound == "right") and "shade_step" in draft.picture


def test_an_open_mouth_is_told_in_the_muted_part_and_in_others_apart() -> None:
    heard = np.ones(FRAMES, bool)
    heard[5:15] = heard[30:45] = False
    found = _silences(SHOT, drawn(), heard, slice(30, 45))
    assert found["open_in_silence_s"] > 0.2 and found["open_in_other_silences_s"] == 0.0
    assert 0 < found["other_silences_s"] < found["silence_s"]
    other = _silences(SHOT, drawn(), heard, slice(5, 15))
    assert other["open_in_other_silences_s"] == found["open_in_silence_s"]


def test_who_goes_on_softly_after_the_muted_part_is_not_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unheard = np.arange(FRAMES) < QUIET_FROM  # after the muted part, too, where the person speaks
    monkeypatch.setattr(people_drafts, "speech_frames", lambda *_: unheard)
    monkeypatch.setattr(people_drafts, "sound_frames", lambda sound, clock, spoken: spoken)
    found = _heard_beside(Mock(), SHOT, np.ones(FRAMES, bool), slice(QUIET_FROM, 40))
    assert found.tolist() == [n < QUIET_FROM or n >= 40 for n in range(FRAMES)]
