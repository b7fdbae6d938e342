"""The figures of benchmarks/people.py, over few people and over none."""

import re
import sys
from dataclasses import replace

import numpy as np
import pytest

from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from people_figures import Pieces, alike, pooled, report
from people_gate import Draft, from_confidences, held_back, passing, passing_whole

from mouthpiece.scorers.settings import DraftLimits

LIMITS = DraftLimits(min_confidence=0.13, fail_confidence=0.1, short_confidence=0.18)


def test_a_folder_in_which_nobody_could_be_scored_has_figures_of_the_guard() -> None:
    rows = [
        {"cut": "a:0", "person": "a", "guard": "passthrough", "seconds": 3.0},
        {"cut": "b", "person": "b", "guard": "unreadable"},
    ]
    figures = pooled(Pieces(), rows, LIMITS)
    assert figures["cuts accepted by the guard"]["value"] == 0
    assert figures["cuts accepted by the guard"]["pieces"] == 1, "what cannot be read is no cut"
    assert list(figures) == ["cuts accepted by the guard", "median seconds"]


def own(person: str, **changed: object) -> dict[str, object]:
    """A row of a draft that is driven by its own sound, in which nothing is wrong."""
    return {
        "cut": f"{person}:0", "person": person, "guard": "lipsync", "seconds": 5.0,
        "opening_range": 1.0, "width_range": 0.8, "rounding_range": 0.9, "own_faults": "",
        "silence_s": 1.5, "mouth_in_silence_s": 0.0, "open_in_silence_s": 0.0,
        "open_in_silence": 0.0, "other_silences_s": 0.5, "open_in_other_silences_s": 0.0,
        "asymmetry": 0.02, "detail": 0.9, **changed,
    }  # fmt: skip


def test_cuts_outside_a_range_with_a_fault_or_an_open_mouth_are_counted() -> None:
    rows = [
        own("a", width_range=0.6, rounding_range=float("inf")),
        own("a", width_range=1.4, asymmetry=0.2, open_in_silence=0.2, open_in_silence_s=0.2),
        own("b", other_silences_s=0.0),
        own("c", open_in_other_silences_s=0.04),
        {"cut": "d:0", "person": "d", "guard": "passthrough", "seconds": 5.0},
    ]
    figures = pooled(Pieces(), rows, LIMITS)
    found = {name: (f["count"], f["pieces"]) for name, f in figures.items() if "count" in f}
    assert found == {
        "cuts accepted by the guard": (4, 5),
        "cuts whose opening range is outside 0.7 to 1.3": (0, 4),
        "cuts whose width range is outside 0.7 to 1.3": (2, 4),
        "cuts whose rounding range is outside 0.7 to 1.3": (0, 3),
        "own drafts that are doubtful: mouth_in_silence": (0, 4),
        "own drafts that are doubtful: open_in_silence": (1, 4),
        "own drafts that are doubtful: lopsided": (1, 4),
        "own drafts that are doubtful: blurred": (0, 4),
        "cuts whose mouth is open in the muted part": (1, 4),
        "cuts whose mouth is open in other silences": (1, 3),
    }


def test_clips_that_cannot_be_read_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [own("a"), {"cut": "b", "person": "b", "guard": "unreadable", "guard_reasons": "why"}]
    report(rows, pooled(Pieces(), rows, LIMITS), {})
    told = capsys.readouterr().out
    assert "b: person=b guard=unreadable guard_reasons=why" in told
    assert "1 cuts; " in told and "1 clips could not be read" in told
    assert re.search(r"cuts whose width range is outside 0.7 to 1.3 .* 1 people, 0 of 1\n", told)


def test_people_who_were_scored_are_told_from_wrong_sound() -> None:
    found = Pieces()
    for person in ("a", "b"):
        found.scores[2, "right"][person] = [0.4]
        found.scores[2, "swapped"][person] = [0.1]
        found.confidences[2, "right"][person] = found.confidences[2, "swapped"][person] = [0.3]
    figures = pooled(found, [], LIMITS)
    assert figures["AUC 2 s, swapped"]["value"] == pytest.approx(1)
    assert figures["AUC 2 s, swapped, confidence"]["value"] == pytest.approx(0.5)
    assert "AUC 4 s, swapped" not in figures


def test_shut_mouths_are_counted_over_people() -> None:
    found = Pieces()
    found.closed |= {"a": [1.0, 1.0], "b": [1.0, 0.0]}
    assert pooled(found, [], LIMITS)["p, b and m at which drafts are shut"][
        "value"
    ] == pytest.approx(0.75)


def test_a_range_is_that_of_the_person_in_all_that_is_said() -> None:
    talks = np.tile(np.sin(np.arange(200) / 3)[:, None], (1, 3))
    own, counted = talks.copy(), np.ones(200, bool)
    counted[80:160] = False
    own[counted] *= 0.5  # who hardly opens the mouth outside the part that is muted
    found = alike(talks, own, counted, np.arange(200) < 160)
    assert found["opening_r"] == pytest.approx(1)
    assert found["opening_range"] == pytest.approx(1, abs=0.1)
    silent = alike(talks, own, counted, np.zeros(200, bool))
    assert silent["width_range"] == float("inf") and silent["width_r_spoken"] == 0


def test_who_opens_the_mouth_in_silence_is_followed_where_they_speak() -> None:
    own = np.tile(np.sin(np.arange(200) / 3)[:, None], (1, 3))
    drawn, said = own.copy(), np.arange(200) < 120
    own[~said], drawn[~said] = 1, -1
    found = alike(drawn, own, np.arange(200) > 20, said)
    assert found["rounding_r_spoken"] == pytest.approx(1)
    assert found["rounding_r"] < 0.5


def draft(person: str, confidence: float, sound: str = "right", speech_s: float = 4.0) -> Draft:
    return Draft(person, sound, 5.0, speech_s, confidence, 0)


def test_drafts_pass_as_the_gate_says() -> None:
    found = passing([draft("a", 0.14), draft("a", 0.12), draft("b", 0.14, speech_s=2.0)], LIMITS)
    assert found == {"right": {"a": [1.0, 0.0], "b": [0.0]}}
    late = Draft("a", "shifted_3", 5.0, 4.0, 0.5, 3)
    assert passing([late], LIMITS) == {"shifted_3": {"a": [0.0]}}


def test_a_draft_that_passes_by_sync_may_be_doubtful_by_its_picture() -> None:
    lopsided = replace(draft("a", 0.14), picture={"asymmetry": 0.2, "detail": 0.9, "seam": 9.0})
    blurred = replace(draft("b", 0.12), picture={"asymmetry": 0.2, "detail": 0.5})
    clean = replace(draft("b", 0.14), picture={"asymmetry": None, "open_in_silence_s": 0.0})
    drafts = [lopsided, blurred, clean]
    assert passing(drafts, LIMITS) == {"right": {"a": [1.0], "b": [0.0, 1.0]}}
    assert passing_whole(drafts, LIMITS) == {"right": {"a": [0.0], "b": [0.0, 1.0]}}
    assert [found.code for found in lopsided.faults(LIMITS)] == ["lopsided=0.2"]
    assert held_back(drafts, LIMITS) == {"lopsided": {"a": [1.0], "b": [0.0, 0.0]}}


def test_both_gates_are_told_apart_and_so_is_what_held_drafts_back() -> None:
    found = Pieces()
    found.drafts += [draft("a", 0.14), replace(draft("b", 0.14), picture={"detail": 0.5})]
    figures = pooled(found, [], LIMITS)
    assert figures["drafts that pass by sync, right"]["value"] == 1
    assert figures["drafts that pass by sync and picture, right"]["value"] == 0.5
    assert figures["right drafts that pass by sync, but: blurred"]["value"] == 0.5


def test_the_table_asks_each_confidence_of_all_drafts_alike() -> None:
    drafts = [draft("a", 0.145), draft("b", 0.105), draft("a", 0.14, "swapped", speech_s=2.0)]
    table = from_confidences(drafts, LIMITS)
    right = {limit: sounds["right"]["value"] for limit, sounds in table.items()}
    assert (right["0.10"], right["0.11"], right["0.14"], right["0.15"]) == (1.0, 0.5, 0.5, 0.0)
    assert table["0.14"]["swapped"]["value"] == 1 and table["0.14"]["swapped"]["pieces"] == 1


def test_pieces_of_cuts_that_were_measured_apart_are_as_those_measured_together() -> None:
    apart = Pieces(), Pieces()
    for found, person in zip(apart, ("a", "b"), strict=True):
        found.scores[2, "right"][person].append(0.4)
        found.closed["a"].append(float(person == "a"))
        found.drafts.append(draft(person, 0.2))
    apart[0].add(apart[1])
    assert apart[0].scores == {(2, "right"): {"a": [0.4], "b": [0.4]}}
    assert apart[0].closed == {"a": [1.0, 0.0]}
    assert [one.person for one in apart[0].drafts] == ["a", "b"]
    assert apart[1].closed == {"a": [0.0]}, "what is added stays as it is"
