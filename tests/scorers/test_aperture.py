import numpy as np
import pytest

from mouthpiece.faces.landmarks import LEFT_EYE_OUTER, MESH_POINTS, RIGHT_EYE_OUTER
from mouthpiece.scorers.base import Score, Seen
from mouthpiece.scorers.registry import create_scorer

SAMPLES_A_FRAME = 640


def score(points: np.ndarray, samples: np.ndarray) -> Score:
    """The scorer needs no picture."""
    none = np.zeros((1, 1, 3), np.uint8)
    return create_scorer("aperture").score((Seen(none, p) for p in points), samples)


def talk(frames: int, lag_frames: int = 0, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Lips that open with the loudness of a modulated tone, `lag_frames` after it."""
    random = np.random.default_rng(seed)
    level = np.clip(np.convolve(random.normal(size=frames + 40), np.ones(4) / 2, "same"), 0, None)
    loud = np.repeat(level[20 : 20 + frames], SAMPLES_A_FRAME)
    samples = (0.1 * loud * np.sin(np.arange(len(loud)) * 0.1)).astype(np.float32)
    points = np.zeros((frames, MESH_POINTS, 3), np.float32)
    points[:, LEFT_EYE_OUTER, 0], points[:, RIGHT_EYE_OUTER, 0] = 100, 0
    points[:, 14, 1] = 8 * level[20 - lag_frames : 20 - lag_frames + frames]
    return points, samples


@pytest.mark.parametrize("lag_frames", [-10, -3, 0, 2, 10])
def test_the_offset_is_positive_where_lips_come_after_sound(lag_frames: int) -> None:
    found = score(*talk(75, lag_frames))
    assert found.offset_frames == pytest.approx(lag_frames, abs=1)
    assert found.confidence > 0.3


def test_lips_of_other_speech_score_less() -> None:
    points, samples = talk(75)
    other, _ = talk(75, seed=8)
    right, wrong = (score(p, samples) for p in (points, other))
    assert wrong.confidence < right.confidence - 0.2
    assert wrong.distance > right.distance + 0.2


def test_still_lips_have_no_confidence() -> None:
    points, samples = talk(75)
    points[:, 14] = points[0, 14]
    assert score(points, samples).confidence == pytest.approx(0, abs=1e-6)
