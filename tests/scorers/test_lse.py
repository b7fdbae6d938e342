import numpy as np
import pytest

from mouthpiece.scorers import lse


def embeddings(frames: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(frames, 16))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("late", [-7, -1, 0, 3, 12])
def test_sound_before_the_lips_has_a_positive_offset(late: int) -> None:
    film = embeddings(90)
    # Lips at t show what is heard at t - late: the sound is `late` frames early.
    lips, sound = film[20:60], film[20 + late : 60 + late]
    found = lse.lse(lse.distance_table(lips, sound))
    assert found.offset_frames == late
    assert found.confidence > 0.2


def test_follows_the_definitions_where_all_sound_is_there() -> None:
    table = np.random.default_rng(1).uniform(1, 2, (40, 31))
    mean = table.mean(0)
    found = lse.lse(table)
    assert found.distance == pytest.approx(mean.min())
    assert found.confidence == pytest.approx(np.median(mean) - mean.min())
    assert found.offset_frames == 15 - mean.argmin()


def test_column_k_is_the_sound_k_less_15_frames_later() -> None:
    lips, sound = embeddings(40, 1), embeddings(40, 2)
    table = lse.distance_table(lips, sound)
    assert table[20, 18] == pytest.approx(np.linalg.norm(lips[20] - sound[23]))
    assert np.isnan(table[0, :15]).all()
    assert not np.isnan(table[0, 15:]).any()
    assert np.isnan(table[39, 16:]).all()


def test_sound_that_is_not_there_says_nothing() -> None:
    table = np.full((20, 31), np.nan)
    table[:, 10:20] = 1.2
    assert lse.lse(table).confidence == pytest.approx(0)


def test_one_frame_is_scored() -> None:
    one = embeddings(1)
    found = lse.lse(lse.distance_table(one, one))
    assert found.distance == pytest.approx(0)
    assert found.confidence == pytest.approx(0)


def test_the_score_over_time_falls_where_lips_and_sound_part() -> None:
    random = np.random.default_rng(4)
    sound = random.standard_normal((80, 16))
    lips = sound + 0.2 * random.standard_normal((80, 16))
    lips[40:] = random.standard_normal((40, 16))
    course = lse.lse(lse.distance_table(lips, sound)).course
    assert len(course) == 80
    assert min(course[:36]) > max(course[44:]) + 1
