import numpy as np
import pytest

from mouthpiece.faces.mouth import MEASURES, head_points, measures
from mouthpiece.scorers.base import SCORE_RATE, Score, Seen
from mouthpiece.scorers.embedded.scorer import SAMPLES_PER_FRAME, WEIGHTS, Embedded
from mouthpiece.training.prepare import Clip
from mouthpiece.weights import embedded


@pytest.fixture(scope="module")
def scorer() -> Embedded:
    return Embedded()


def score(scorer: Embedded, points: np.ndarray, samples: np.ndarray) -> Score:
    """The scorer needs no picture."""
    none = np.zeros((1, 1, 3), np.uint8)
    return scorer.score((Seen(none, p) for p in points), samples)


def turned(points: np.ndarray) -> np.ndarray:
    """A track from nearer, elsewhere and with the head tilted."""
    angle = 0.3
    tilt = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    return points @ tilt.T * 2.5 + np.array([40, -30, 5])


def test_finds_the_sound_of_a_stranger(scorer: Embedded, strangers: list[Clip]) -> None:
    one, two = strangers
    own = score(scorer, one.points, one.samples)
    wrong = score(scorer, one.points, two.samples)
    assert abs(own.offset_frames) <= 1
    assert own.confidence > wrong.confidence + 0.05
    assert own.distance < wrong.distance


@pytest.mark.parametrize("early", [-9, -4, 4, 9])
def test_early_sound_has_a_positive_offset(
    scorer: Embedded, strangers: list[Clip], early: int
) -> None:
    one = strangers[0]
    lips = one.points[15:60]
    sound = one.samples[(15 + early) * SAMPLES_PER_FRAME : (60 + early) * SAMPLES_PER_FRAME]
    assert abs(score(scorer, lips, sound).offset_frames - early) <= 1


def test_the_heads_pose_and_size_do_not_matter(strangers: list[Clip], scorer: Embedded) -> None:
    one = strangers[0]
    np.testing.assert_allclose(measures(turned(one.points)), measures(one.points), atol=1e-3)
    a, b = (score(scorer, p, one.samples) for p in (one.points, turned(one.points)))
    assert a.confidence == pytest.approx(b.confidence, abs=1e-2)
    assert a.offset_frames == b.offset_frames


def test_measures_are_taken_in_head_coordinates(strangers: list[Clip]) -> None:
    points = head_points(turned(strangers[0].points))
    eyes = points[:, 263] - points[:, 33]
    assert np.linalg.norm(eyes, axis=1).mean() == pytest.approx(1, abs=0.02)
    assert np.abs(eyes[:, 1]).max() < 0.05
    assert measures(strangers[0].points).shape == (75, len(MEASURES))


@pytest.mark.parametrize("frames", [1, 2, 5, 12, 40])
def test_any_length_is_scored(scorer: Embedded, frames: int) -> None:
    chance = np.random.default_rng(frames)
    points = 100 + 10 * chance.normal(size=(468, 3)) + chance.normal(size=(frames, 468, 3))
    for samples in (frames * SAMPLES_PER_FRAME, frames * SAMPLES_PER_FRAME - 300, 0):
        sound = chance.normal(0, 0.1, samples).astype(np.float32)
        found = score(scorer, points, sound)
        assert np.isfinite([found.confidence, found.distance]).all()
        assert abs(found.offset_frames) <= 15


def test_is_small() -> None:
    assert sum(weights.size for weights in embedded.load(WEIGHTS).values()) < 1_000_000
    assert SCORE_RATE * SAMPLES_PER_FRAME == 16000
