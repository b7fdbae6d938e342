"""How a mouth articulates, and how two mouths compare."""

import numpy as np
import pytest

from mouthpiece.faces.articulation import (
    ARTICULATORS,
    Span,
    articulation,
    likeness,
    lopsidedness,
    open_share,
)
from mouthpiece.faces.landmarks import MESH_POINTS, lip_gap
from mouthpiece.faces.mouth import LEFT_CORNER, RIGHT_CORNER
from mouthpiece.scorers.silent_mouth import openings

LOWER = (87, 14, 317)
LIPS = (0, 37, 267, 17, 84, 314)


def face(frames: int = 40) -> np.ndarray:
    """A stiff face that looks ahead, eye corners 1 apart."""
    points = np.random.default_rng(0).uniform(-0.5, 0.5, (MESH_POINTS, 3))
    points[[33, 263]] = [(-0.5, 0, 0), (0.5, 0, 0)]
    points[[10, 152]] = [(0, -0.5, 0), (0, 1, 0)]
    return np.repeat(points[None], frames, 0)


WAVE = (1 - np.cos(np.arange(40) / 3)) / 2


def test_each_column_follows_its_part_of_the_mouth_alone() -> None:
    still = articulation(face())
    assert still.shape == (40, len(ARTICULATORS)) and still.std(0).max() < 1e-5
    wide, ahead = face(), face()
    wide[:, LEFT_CORNER, 0] += 0.2 * WAVE + 5
    wide[:, RIGHT_CORNER, 0] -= 5
    ahead[:, LIPS, 2] -= 0.3 * WAVE[:, None]
    for points, column, much in ((wide, "width", 0.2), (ahead, "rounding", 0.3)):
        moved = articulation(points)
        at = ARTICULATORS.index(column)
        found = likeness(moved[:, at], WAVE)
        assert found.correlation > 0.99
        assert found.range_ratio == pytest.approx(much, rel=0.1)


def test_every_measure_of_an_opening_is_of_the_same_gap() -> None:
    talks = face()
    talks[:, LOWER, 1] += 0.3 * WAVE[:, None]
    opening = articulation(talks)[:, ARTICULATORS.index("opening")]
    assert lip_gap(talks).tolist() == [float(lip_gap(one)) for one in talks]
    assert openings(talks) == pytest.approx(lip_gap(talks))  # the eyes are 1 apart
    assert opening == pytest.approx(openings(talks), abs=1e-6)
    nearer = talks * np.linspace(1, 1.3, len(talks))[:, None, None]
    assert np.ptp(articulation(nearer)[:, 0] / opening) < 1e-4, "a nearer head opens no wider"
    assert np.ptp(openings(nearer) / opening) > 0.2, "as the picture shows it, it does"


def test_a_mouth_that_opens_half_as_far_has_half_the_range() -> None:
    own = 0.3 + WAVE
    found = likeness(0.3 + 0.5 * WAVE, own)
    assert found.correlation == pytest.approx(1) and found.range_ratio == pytest.approx(0.5)
    assert likeness(-own, own).correlation == pytest.approx(-1)


def test_a_still_mouth_is_like_none() -> None:
    assert likeness(np.zeros(40), WAVE).correlation == 0
    assert likeness(WAVE, np.zeros(40)).range_ratio == float("inf")
    assert likeness(np.zeros(0), np.zeros(0)).correlation == 0


def test_open_is_beyond_the_persons_rest_and_some_of_their_range() -> None:
    own = Span(0.1, 0.5)
    assert open_share(np.array([0.1, 0.13, 0.15, 0.5]), own, 0.1).tolist() == [
        *(False, False, True, True)
    ]


def test_one_half_that_opens_alone_is_lopsided() -> None:
    one = face(20)
    assert np.allclose(lopsidedness(one), lopsidedness(one)[0], atol=1e-5)
    one[10:, [402, 318], 1] += 5 + np.zeros((10, 2))
    assert lopsidedness(one)[15] > lopsidedness(one)[5]
