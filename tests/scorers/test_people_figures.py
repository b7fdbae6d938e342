"""The figures of benchmarks/people.py, over few people and over none."""

import sys

import numpy as np
import pytest

from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from people_figures import Pieces, alike, pooled


def test_a_folder_in_which_nobody_could_be_scored_has_figures_of_the_guard() -> None:
    rows = [{"cut": "a:0", "guard": "passthrough", "seconds": 3.0}]
    figures = pooled(Pieces(), rows)
    assert figures["cuts accepted by the guard"]["value"] == 0
    assert not [name for name in figures if name.startswith("AUC")]


def test_people_who_were_scored_are_told_from_wrong_sound() -> None:
    found = Pieces()
    for person in ("a", "b"):
        found.scores[2, "right"][person] = [0.4]
        found.scores[2, "swapped"][person] = [0.1]
        found.confidences[2, "right"][person] = found.confidences[2, "swapped"][person] = [0.3]
    figures = pooled(found, [])
    assert figures["AUC 2 s, swapped"]["value"] == pytest.approx(1)
    assert figures["AUC 2 s, swapped, confidence"]["value"] == pytest.approx(0.5)
    assert "AUC 4 s, swapped" not in figures


def test_shut_mouths_are_counted_over_people() -> None:
    found = Pieces()
    found.closed |= {"a": [1.0, 1.0], "b": [1.0, 0.0]}
    assert pooled(found, [])["p, b and m at which drafts are shut"]["value"] == pytest.approx(0.75)


def test_a_range_is_that_of_the_person_in_all_that_is_said() -> None:
    talks = np.tile(np.sin(np.arange(200) / 3)[:, None], (1, 3))
    own, counted = talks.copy(), np.ones(200, bool)
    counted[80:160] = False
    own[counted] *= 0.5  # who hardly opens the mouth outside the part that is muted
    found = alike(talks, own, counted, np.arange(200) < 160)
    assert found["opening_r"] == pytest.approx(1)
    assert found["opening_range"] == pytest.approx(1, abs=0.1)
    silent = alike(talks, own, counted, np.zeros(200, bool))
    assert silent["width_range"] == float("inf")
