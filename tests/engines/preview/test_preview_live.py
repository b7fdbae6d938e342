"""What the preview draws while the sound arrives, where that can be told from its parts."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from drawn import draw_person

from mouthpiece.audio.speech import Speech
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.live import Hearing, block_at, eased_from
from mouthpiece.engines.preview.engine import Preview
from mouthpiece.engines.preview.motion import NetworkMotion
from mouthpiece.engines.preview.performance import PreviewPerformer
from mouthpiece.engines.preview.settings import PreviewSettings

RATE = Fraction(25)


@pytest.fixture(scope="module")
def performer(tmp_path_factory: pytest.TempPathFactory) -> PreviewPerformer:
    """A drawn person who talks throughout."""
    person = draw_person(0.15 - 0.15 * np.cos(np.arange(20) * 2 * np.pi / 10))
    engine = Preview(PreviewSettings(live=True))
    avatar: Path = tmp_path_factory.mktemp("live") / "avatar"
    engine.prepare(iter(person.pictures), person.track, avatar)
    return engine.performer(avatar)


def test_silence_is_known_without_listening(performer: PreviewPerformer) -> None:
    hearing = Hearing.at(RATE, 0.08, 0.16)
    window = hearing.window(RATE, 100, 2)
    silent = np.zeros(window.frames * 640, np.float32)
    known = performer.hear(block_at(hearing, RATE, 100, 2, range(20), silent))
    heard = NetworkMotion()(Speech(silent, 0), window)
    assert (known.controls == heard.controls).all() and (known.silent == heard.silent).all()


def test_the_frames_asked_for_are_those_of_the_whole() -> None:
    sound = (0.1 * np.random.default_rng(0).standard_normal(24000)).astype(np.float32)
    clock, motion = Clock(RATE, 0, 37), NetworkMotion()
    whole, some = motion(Speech(sound, 0), clock), motion(Speech(sound, 0), clock, since=29)
    np.testing.assert_allclose(some.controls[29:], whole.controls[29:], atol=1e-5)


def test_before_a_voice_was_heard_noise_may_be_one(performer: PreviewPerformer) -> None:
    hearing, performance = Hearing.at(RATE, 0.08, 0.16), performer.begin()
    noise = 0.2 * np.random.default_rng(1).standard_normal(31 * 640)
    block = block_at(hearing, RATE, 0, 2, range(20), noise.astype(np.float32))
    assert not performance._voiceless(block).any()
    performance._voiced = True
    assert performance._voiceless(block).all()


def test_a_mouth_in_silence_stays_closed(performer: PreviewPerformer) -> None:
    hearing, performance = Hearing.at(RATE, 0.08, 0.16), performer.begin()
    silent = np.zeros(31 * 640, np.float32)
    for first in range(0, 40, 2):
        drawn = performance.draw(block_at(hearing, RATE, first, 2, range(20), silent))
    assert [patch.alpha for patch in drawn] == [1, 1]  # the source talks: it is drawn over


def test_a_value_eases_from_where_it_was() -> None:
    np.testing.assert_allclose(eased_from(0, np.ones(3), 4), [0.2, 0.4, 0.6])
    np.testing.assert_allclose(eased_from(1, np.array([0.9, 0, 0]), 4), [0.9, 0.7, 0.5])


@pytest.mark.parametrize(
    ("rate", "frames"),
    [("25", (25, 2, 4)), ("30000/1001", (30, 2, 5)), ("50", (50, 4, 8)), ("1", (1, 1, 1))],
)
def test_what_is_heard_at_a_rate(rate: str, frames: tuple[int, int, int]) -> None:
    hearing = Hearing.at(Fraction(rate), 0.08, 0.16)
    assert (hearing.before_frames, hearing.block_frames, hearing.ahead_frames) == frames


def test_all_windows_have_one_length_and_end_with_the_look_ahead() -> None:
    hearing = Hearing.at(RATE, 0.08, 0.12)
    first, later = hearing.window(RATE, 10, 1), hearing.window(RATE, 11, 2)
    assert first.frames == later.frames == 25 + 2 + 3
    assert (first.end_frame, later.end_frame) == (11 + 3, 13 + 3)
    block = block_at(hearing, RATE, 10, 1, range(40), np.zeros(30 * 640, np.float32))
    assert block.shown[block.own] == (10,)
