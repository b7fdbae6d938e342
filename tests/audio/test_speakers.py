import numpy as np
import pytest

from mouthpiece.audio.speakers import group_voices, nearest_voice


def voices(order: str, spread: float = 0.15) -> np.ndarray:
    """Vectors of length 1, of one speaker for each letter."""
    random = np.random.default_rng(0)
    base = np.eye(256)
    rows = np.stack([base[ord(name) - ord("a")] for name in order])
    rows = np.abs(rows + random.normal(0, spread / 16, rows.shape))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_speakers_are_numbered_by_when_they_speak_first() -> None:
    order = "ccabacb"
    assert group_voices(voices(order), [2.0] * 7, 0.28) == [0, 0, 1, 2, 1, 0, 2]


def test_the_number_of_speakers_may_be_given() -> None:
    assert len(set(group_voices(voices("abcabc"), [2.0] * 6, 0.28, speakers=2))) == 2
    assert len(set(group_voices(voices("aaaaaa"), [2.0] * 6, 0.28, speakers=2))) == 2
    assert group_voices(voices("ab"), [2.0] * 2, 0.28, speakers=5) == [0, 1]


def test_short_lines_join_the_nearest_voice() -> None:
    assert group_voices(voices("abab"), [2.0, 2.0, 0.3, 0.3], 0.28) == [0, 1, 0, 1]
    assert group_voices(voices("ab"), [0.4, 0.4], 0.28) == [0, 1]


@pytest.mark.parametrize(("cosine", "speakers"), [(0.7, 1), (0.3, 2)])
def test_one_odd_line_is_no_speaker_where_its_voice_is_near(cosine: float, speakers: int) -> None:
    rows = voices("aaaa", 0.0)
    rows[3] = cosine * rows[0] + np.sqrt(1 - cosine**2) * np.eye(256)[9]
    assert len(set(group_voices(rows, [3.0] * 3 + [1.5], 0.28))) == speakers


def test_nobody_and_one_line() -> None:
    assert group_voices(np.zeros((0, 256)), [], 0.28) == []
    assert group_voices(voices("a"), [1.0], 0.28) == [0]


def test_the_nearest_of_known_voices() -> None:
    assert nearest_voice(voices("bab"), voices("ab")) == [1, 0, 1]
