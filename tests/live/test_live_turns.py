"""Sound of frameworks, and when a turn of it is over."""

from fractions import Fraction

import numpy as np
import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.live.moments import Moment
from mouthpiece.plugs.pcm import mono_of, pcm_of
from mouthpiece.plugs.turns import Turns

FPS = Fraction(25)


def moment(speaking: bool) -> Moment:
    return Moment(0, np.zeros((2, 2, 3), np.uint8), np.zeros(1920, np.float32), speaking)


def shown(turns: Turns[str], *speaking: bool) -> list[list[str]]:
    found = []
    for one in speaking:
        turns.show(moment(one))
        found.append(list(turns.over))
        turns.over.clear()
    return found


def test_channels_are_mixed_and_sound_comes_back_as_it_was() -> None:
    stereo = np.array([[100, 300], [-5, -7]], "<i2")
    assert mono_of(stereo.tobytes(), 2).tolist() == [200, -6]
    assert mono_of(b"", 2).size == 0
    assert np.frombuffer(pcm_of(np.float32([-2, 0, 1])), "<i2").tolist() == [-32767, 0, 32767]


@pytest.mark.parametrize(("pcm", "channels"), [(b"abc", 1), (b"ab", 2), (b"ab", 0)])
def test_what_is_no_sound_is_refused(pcm: bytes, channels: int) -> None:
    with pytest.raises(InputError, match="16-bit samples"):
        mono_of(pcm, channels)


def test_a_turn_is_over_with_its_last_frame() -> None:
    turns: Turns[str] = Turns(FPS)
    turns.push(2400, 24_000)  # 2.5 frames
    assert turns and shown(turns, True) == [[]]
    turns.flush("one")
    turns.push(960, 24_000)
    turns.flush("two")
    assert shown(turns, False, True, True, False, True) == [[], [], ["one"], [], ["two"]]
    assert not turns


def test_a_turn_without_sound_is_over_at_once() -> None:
    turns: Turns[str] = Turns(FPS)
    turns.push(0, 8000)
    turns.flush("empty")
    assert shown(turns, False) == [["empty"]]


def test_a_turn_of_which_less_is_shown_than_was_pushed_ends_by_its_silence() -> None:
    turns: Turns[str] = Turns(FPS)
    turns.push(24_000, 24_000)
    turns.flush("short")
    assert shown(turns, *[True] * 24, *[False] * 25) == [[]] * 49
    assert shown(turns, False) == [["short"]]


def test_interrupted_turns_are_forgotten() -> None:
    turns: Turns[str] = Turns(FPS)
    turns.push(24_000, 24_000)
    turns.flush("cut")
    turns.push(24_000, 24_000)
    turns.clear()
    assert not turns and shown(turns, True, False) == [[], []]
