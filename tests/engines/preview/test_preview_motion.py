"""The embedded network as the engine calls it."""

from fractions import Fraction

import numpy as np
import pytest

from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview.motion import NetworkMotion

RATE = Fraction(25)


def _vowel(seconds: float) -> np.ndarray:
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    voice = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 20))
    return (0.1 * voice).astype(np.float32)


def _speech(*parts: np.ndarray) -> Speech:
    context = np.zeros(SAMPLE_RATE, np.float32)
    return Speech(np.concatenate([context, *parts, context]), SAMPLE_RATE)


def _quiet(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def test_open_in_speech_shut_in_silence() -> None:
    speech = _speech(_quiet(0.8), _vowel(0.8), _quiet(0.8))
    motion = NetworkMotion()(speech, Clock(RATE, 0, 60))
    assert motion.controls.shape == (60, 4)
    assert (motion.controls[:17, 0] == 0).all()
    assert motion.silent[:17].all()
    assert (motion.controls[22:38, 0] > 0.03).all()  # a buzz is no vowel in particular
    assert not motion.silent[22:38].any()
    assert (motion.controls[44:, 0] == 0).all()


def test_pure_silence_is_shut() -> None:
    motion = NetworkMotion()(_speech(_quiet(1)), Clock(RATE, 0, 25))
    assert not motion.controls[:, [0, 2, 3]].any()
    assert motion.silent.all()


def test_louder_sound_does_not_open_the_mouth_wider() -> None:
    parts = (_quiet(0.4), _vowel(0.6))
    clock = Clock(RATE, 0, 25)
    soft = NetworkMotion()(_speech(*(0.2 * part for part in parts)), clock)
    loud = NetworkMotion()(_speech(*parts), clock)
    assert soft.controls[:, 0] == pytest.approx(loud.controls[:, 0], abs=0.02)


@pytest.mark.parametrize("offset", [3, -3])
def test_offset_moves_lips_against_the_sound(offset: int) -> None:
    speech = _speech(_quiet(0.8), _vowel(0.4), _quiet(0.8))
    clock = Clock(RATE, 0, 50)
    plain = NetworkMotion()(speech, clock).controls[:, 0]
    heard = speech.later(offset * SAMPLE_RATE // RATE, clock)
    moved = NetworkMotion()(heard, clock).controls[:, 0]
    assert moved == pytest.approx(np.roll(plain, offset), abs=1e-6)


def test_frame_clock_of_another_rate_and_start() -> None:
    speech = _speech(_quiet(0.5), _vowel(0.5), _quiet(0.5))
    rate = Fraction(30000, 1001)
    motion = NetworkMotion()
    first = motion(speech, Clock(rate, 0, 45)).controls
    np.testing.assert_allclose(motion(speech, Clock(rate, 1234, 45)).controls, first, atol=1e-3)
    times = [(np.arange(count) + 0.5) / float(of) for count, of in ((45, rate), (150, 100))]
    fine = motion(speech, Clock(Fraction(100), 0, 150)).controls[:, 0]
    np.testing.assert_allclose(np.interp(times[0], times[1], fine), first[:, 0], atol=0.02)
    is_open = first[:, 0] > 0
    assert is_open[(times[0] > 0.58) & (times[0] < 0.92)].mean() > 0.8
    assert not is_open[(times[0] < 0.3) | (times[0] > 1.2)].any()
