"""How well the told probability that a face speaks holds, as benchmarks/speaking_reliability.py
measures it.
"""

import sys

import numpy as np
import pytest

from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.scorers.lse import OFFSETS
from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from speaking_odds import Piece
from speaking_reliability import (
    binned,
    both_kinds,
    calibration_error,
    probabilities,
    report,
)

ODDS = EmbeddedSettings().odds_by({"hearing": "phones"})
assert ODDS


def piece(person: str, own: bool, depth: float = 0.0, offset: int | None = 0) -> Piece:
    """A piece of 4 s whose valley, as deep as this, is at 0."""
    score = {"curve": list(1.2 - depth * (OFFSETS == 0)), "speech_s": 4.0}
    return Piece(person, own, 4, score, offset)


def test_own_and_other_sound_and_people_count_alike() -> None:
    told = [0.9, 0.9, 0.9, 0.1, 0.1, 0.1]
    found = [piece("a", True), piece("a", False), piece("b", True)]
    found += [piece("a", False), piece("b", False), piece("b", False)]
    low, high = binned(found, np.array(told))
    assert (low.low, low.high, low.pieces, low.told) == (0, 0.2, 3, pytest.approx(0.1))
    assert (high.low, high.high, high.pieces, high.told) == (0.8, 0.95, 3, pytest.approx(0.9))
    assert high.own["value"] == pytest.approx(2 / 2.5), "one of the two others counts half"
    assert low.own["value"] == 0 and low.own["interval_95"] == [0, pytest.approx(0.776, abs=1e-3)]
    assert high.own["clips"] == low.own["clips"] == 2
    assert (low.weight, high.weight) == (1.5 / 4, 2.5 / 4)
    assert calibration_error([low, high]) == pytest.approx(0.1)


def test_an_error_is_a_mean_over_pieces() -> None:
    found = [piece("a", True), piece("a", False)]
    told_half = list(binned(found, np.array([0.5, 0.5])))
    assert [one.own["value"] for one in told_half] == [0.5] and calibration_error(told_half) == 0
    assert calibration_error(list(binned(found, np.array([0.9, 0.3])))) == pytest.approx(0.2)
    certain = list(binned(found, np.array([1.0, 0.0])))
    assert [(one.low, one.high) for one in certain] == [(0, 0.2), (0.95, 1)]


def test_a_person_without_pieces_of_both_kinds_is_left_out() -> None:
    found = [piece("a", True), piece("a", False), piece("b", False), piece("c", True)]
    assert {one.person for one in both_kinds(found)} == {"a"}


def test_a_piece_is_told_by_the_offset_of_its_film_or_by_itself() -> None:
    found = [piece("a", True, 0.25, offset=7)]
    assert probabilities(found, ODDS, by_film=True)[0] < 0.2
    assert probabilities(found, ODDS, by_film=False)[0] > 0.5


def test_people_whose_film_tells_no_offset_are_judged_by_themselves_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = [piece("a", True, 0.3), piece("a", False)]
    found += [piece("b", True, 0.3, offset=None), piece("b", False, offset=None)]
    report(4, True, found, ODDS)
    assert "known offset: 1 people, 1 own and 1 other pieces" in capsys.readouterr().out
    report(4, False, found, ODDS)
    assert "by itself: 2 people, 2 own and 2 other pieces" in capsys.readouterr().out
    report(4, False, [], ODDS)
    assert "0 people, 0 own and 0 other pieces" in capsys.readouterr().out, "or none at all"
