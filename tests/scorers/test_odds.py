"""How probable it is that a face speaks, and by how much the sound of a film is late."""

from typing import Any

import numpy as np
import pytest

from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.scorers.lse import OFFSETS
from mouthpiece.scorers.odds import SpeakingOdds, film_offset, valley
from mouthpiece.scorers.speaker_verdict import judge, judge_in_film
from places import ROOT

ODDS, PHONE_ODDS = EmbeddedSettings.speaking_odds, EmbeddedSettings.phone_odds
assert isinstance(ODDS, SpeakingOdds) and isinstance(PHONE_ODDS, SpeakingOdds)
LIMITS = EmbeddedSettings().speaking_limits
LATE = -7
"""The offset of sound that is 7 frames late."""


def curve(depth: float, offset: int) -> list[float]:
    """A valley of a depth at an offset, in a little unevenness."""
    uneven = 0.01 * np.sin(np.arange(len(OFFSETS)))
    return list(1.2 + uneven - depth * (offset == OFFSETS))


def finding(depth: float, offset: int, speech_s: float) -> dict[str, Any]:
    """What the guard finds of a cut."""
    confidence, found = valley(curve(depth, offset))
    score = {"scorer": "embedded", "curve": curve(depth, offset), "confidence": confidence}
    score |= {"offset_frames": found, "speech_s": speech_s, "lip_range": 0.07}
    return {"score": score, "others": [], "mode": "passthrough"}


def scores(*cuts: tuple[float, int, float]) -> list[dict[str, Any]]:
    return [finding(*cut)["score"] for cut in cuts]


def test_a_deeper_valley_and_more_speech_are_surer() -> None:
    depths = [ODDS.probability(curve(depth, 0), 4) for depth in (0.0, 0.1, 0.2, 0.3)]
    assert depths == sorted(depths) and depths[0] < 0.1 and depths[-1] > 0.9
    shallow = [ODDS.probability(curve(0.02, 0), speech_s) for speech_s in (1, 2, 4, 8)]
    assert shallow == sorted(shallow, reverse=True)
    deep = [ODDS.probability(curve(0.25, 0), speech_s) for speech_s in (1, 2, 4, 8)]
    assert deep == sorted(deep)


def test_a_valley_where_the_film_has_its_own_is_surer_than_elsewhere() -> None:
    deep = curve(0.18, LATE)
    assert ODDS.probability(deep, 3, LATE) > ODDS.probability(deep, 3) > 0.1
    assert ODDS.probability(deep, 3, 0) < LIMITS.silent_probability


def test_the_offset_of_a_film_is_that_of_its_confident_cuts() -> None:
    listener, talkers = (0.03, 5, 6.0), [(0.3, LATE, 3.0), (0.33, LATE + 1, 4.0)]
    assert film_offset(scores(listener, *talkers), ODDS) in (LATE, LATE + 1)
    assert film_offset(scores(listener, *talkers, (0.3, 3, 2.0)), ODDS) in (LATE, LATE + 1)


def test_cuts_that_are_all_in_doubt_tell_the_offset_together() -> None:
    doubtful = [(0.21, LATE, 1.2)] * 8
    assert all(ODDS.probability(s["curve"], s["speech_s"]) < 0.5 for s in scores(*doubtful))
    assert film_offset(scores(*doubtful), ODDS) == LATE


@pytest.mark.parametrize("cuts", [[], [(0.3, LATE, 1.0)], [(0.03, 4, 6.0), (0.03, -9, 6.0)]])
def test_nothing_is_told_of_a_film_that_says_too_little(
    cuts: list[tuple[float, int, float]],
) -> None:
    assert film_offset(scores(*cuts), ODDS) is None


def test_cuts_that_disagree_tell_nothing() -> None:
    assert film_offset(scores((0.3, 6, 3.0), (0.3, 0, 3.0), (0.3, -6, 3.0)), ODDS) is None


def test_one_cut_alone_sets_no_unusual_offset_unless_it_is_very_sure() -> None:
    unsure = (0.26, LATE, 4.0)
    assert film_offset(scores(unsure), ODDS) is None
    assert film_offset(scores((0.26, -3, 4.0)), ODDS) == -3, "a usual one needs no witness"
    assert film_offset(scores(unsure, (0.26, LATE - 1, 3.0)), ODDS) in (LATE, LATE - 1)
    assert film_offset(scores((0.3, LATE, 8.0)), ODDS) == LATE


@pytest.mark.parametrize("offset", [LATE, 7, -4, 12])
def test_a_short_late_film_of_one_cut_tells_its_offset_by_a_deep_valley(offset: int) -> None:
    """The depth and the speech are those of a public clip whose sound is 6 frames late."""
    heard = scores((0.33, offset, 6.2))
    assert PHONE_ODDS.probability(heard[0]["curve"], 6.2) < PHONE_ODDS.alone
    assert film_offset(heard, PHONE_ODDS) == offset
    assert film_offset(scores((0.34, offset, 3.6)), PHONE_ODDS) == offset, "4 s of film"
    assert film_offset(scores((0.2, offset, 3.6)), PHONE_ODDS) is None, "any sound may fit so"


def test_one_cut_that_is_hardly_confident_tells_no_offset() -> None:
    """One in ten pieces of 4 s with another person's sound has such a valley near 0."""
    doubtful = (0.14, 2, 3.6)
    assert 0.5 < PHONE_ODDS.probability(curve(*doubtful[:2]), 3.6) < 0.8
    assert film_offset(scores(doubtful), PHONE_ODDS) is None
    assert film_offset(scores(doubtful, doubtful), PHONE_ODDS) == 2


def test_a_face_that_fits_its_sound_moved_is_in_doubt_where_the_film_tells_no_offset() -> None:
    """A refusal for the probability would be one for the film's being late."""
    late = finding(0.2, LATE, 3.6)
    late["score"]["hearing"] = "phones"
    assert film_offset([late["score"]], PHONE_ODDS) is None
    found = judge_in_film(late, None, LIMITS, "embedded")
    assert found["score"]["probability"] < LIMITS.silent_probability
    assert (found["verdict"], found["reasons"]) == ("unknown", [])
    assert found["reported"] == [{"code": "source_offset", "value": LATE}]
    elsewhere = judge_in_film(found, 3, LIMITS, "embedded")
    assert elsewhere["verdict"] == "not_speaking", "a film in which others are in sync"


def test_all_cuts_together_are_no_witness_where_only_one_of_them_shows_it() -> None:
    one, flat = (0.21, LATE, 1.6), (0.0, 0, 0.5)
    assert film_offset(scores(one, flat), ODDS) is None


@pytest.mark.parametrize("edge", [15, -15])
def test_the_end_of_what_was_tried_is_no_offset(edge: int) -> None:
    assert film_offset(scores((0.4, edge, 8.0), (0.4, edge, 8.0)), ODDS) is None
    assert film_offset(scores((0.4, edge, 8.0), (0.2, -1, 3.0)), ODDS) == -1


def test_one_long_cut_does_not_outvote_the_film() -> None:
    film = [(0.2, 0, 3.0), (0.25, 0, 4.0), (0.2, 1, 3.0)]
    assert film_offset(scores((0.3, 9, 60.0), *film), ODDS) in (0, 1)


def test_the_order_of_the_cuts_does_not_matter() -> None:
    cuts = [(0.25, -3, 2.1), (0.25, -2, 2.3), (0.25, -2, 0.7), (0.3, -1, 3.0), (0.12, 3, 5.0)]
    cuts += [(0.25, -3, 1.9), (0.2, -1, 0.9)]
    found = {
        film_offset(scores(*(cuts[i] for i in np.random.default_rng(seed).permutation(7))), ODDS)
        for seed in range(40)
    }
    assert len(found) == 1 and None not in found
    tied = [(0.25, -3, 3.0), (0.25, -2, 3.0)]
    assert film_offset(scores(*tied), ODDS) == film_offset(scores(*tied[::-1]), ODDS)


def test_a_cut_of_a_late_film_is_judged_with_the_offset_taken_out() -> None:
    alone = judge_in_film(finding(0.2, LATE, 4.0), None, LIMITS, "embedded")
    assert alone["verdict"] == "unknown"
    assert alone["reported"] == [{"code": "source_offset", "value": LATE}]
    in_film = judge_in_film(finding(0.2, LATE, 4.0), LATE, LIMITS, "embedded")
    assert (in_film["verdict"], in_film["reasons"]) == ("speaks", [])
    assert in_film["reported"] == [{"code": "source_late", "value": 7}]


def test_a_cut_that_goes_with_no_sound_of_a_late_film_does_not_speak() -> None:
    found = judge_in_film(finding(0.12, 4, 4.0), LATE, LIMITS, "embedded")
    assert found["verdict"] == "not_speaking"
    assert found["reasons"][0]["code"] == "not_speaking"


def test_still_lips_in_doubt_do_not_speak() -> None:
    doubtful, clear = finding(0.1, 0, 3.0), finding(0.3, 0, 3.0)
    for quiet in (doubtful, clear):
        quiet["score"]["lip_range"] = 0.01
    found = judge_in_film(doubtful, None, LIMITS, "embedded")
    assert found["reasons"] == [{"code": "still_lips", "value": 0.01}]
    assert judge_in_film(clear, None, LIMITS, "embedded")["verdict"] == "speaks"
    doubtful["score"]["speech_s"] = 1.9
    assert judge_in_film(doubtful, None, LIMITS, "embedded")["reasons"] == []


def test_lips_at_rest_do_not_speak_unless_lips_and_sound_are_sure_to_match() -> None:
    """Some sound goes with lips that do not move, by chance: nobody speaks without opening them."""
    for depth, at_rest in ((0.17, True), (0.3, False)):
        quiet = finding(depth, 0, 2.5)
        assert judge_in_film(quiet, None, LIMITS, "embedded")["verdict"] == "speaks"
        quiet["score"]["lip_range"] = 0.015
        assert judge_in_film(quiet, None, LIMITS, "embedded")["verdict"] == "speaks"
        quiet["score"]["lip_range"] = 0.009
        found = judge_in_film(quiet, None, LIMITS, "embedded")
        reasons = [{"code": "still_lips", "value": 0.009}] if at_rest else []
        assert found["reasons"] == reasons
        quiet["score"]["speech_s"] = 1.9
        assert judge_in_film(quiet, None, LIMITS, "embedded")["reasons"] == []


def test_lips_at_rest_are_told_by_a_probability_and_by_no_confidence() -> None:
    score = finding(0.17, 0, 2.5)["score"] | {"lip_range": 0.009, "confidence": 0.6}
    assert judge(score, LIMITS) == "speaks"


def test_a_face_is_silent_under_another_probability_where_the_recognizer_hears() -> None:
    """By bands, one real speaker of 17 is between the two limits; by phones none."""
    assert (LIMITS.silent_probability, LIMITS.silent_probability_by_phones) == (0.2, 0.25)
    score = finding(0.1, 0, 4.0)["score"] | {"probability": 0.22}
    assert judge(score, LIMITS) == "unknown"
    assert judge(score | {"hearing": "phones"}, LIMITS) == "not_speaking"
    assert judge(score | {"hearing": "phones", "probability": 0.26}, LIMITS) == "unknown"


def test_doubt_is_drafted() -> None:
    found = judge_in_film(finding(0.11, 1, 2.5), None, LIMITS, "embedded")
    assert (found["verdict"], found["reasons"]) == ("unknown", [])
    assert found["reported"][0]["code"] == "doubtful_speaker"


def test_the_odds_in_force_are_those_that_the_documents_tell() -> None:
    known, free = (", ".join(f"{w:.3f}" for w in weights) for weights in (ODDS.known, ODDS.free))
    told = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    assert f"| in force | {known} | {free} |" in told
