"""The pitch of a voice is found in harmonics, in noise, and not in silence."""

import numpy as np
import pytest

from mouthpiece.audio.pitch import median_pitch_hz
from mouthpiece.audio.speech import SAMPLE_RATE


def voiced(hz: float, length_s: float = 1.0, noise: float = 0.0) -> np.ndarray:
    """A pulse train through a formant, as a voice is."""
    t = np.arange(round(length_s * SAMPLE_RATE)) / SAMPLE_RATE
    harmonics = range(1, int(4000 / hz))
    wave = sum(np.cos(2 * np.pi * hz * n * t) / (1 + (hz * n / 700) ** 2) for n in harmonics)
    rng = np.random.default_rng(1)
    return (0.1 * wave + noise * rng.standard_normal(len(t))).astype(np.float32)


@pytest.mark.parametrize("hz", [75.0, 100.0, 133.0, 190.0, 260.0, 380.0])
@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_the_pitch_of_a_voice_is_found(hz: float, noise: float) -> None:
    assert median_pitch_hz(voiced(hz, noise=noise)) == pytest.approx(hz, rel=0.03)


def test_what_is_not_voiced_has_no_pitch() -> None:
    assert median_pitch_hz(np.zeros(SAMPLE_RATE, np.float32)) == 0
    noise = np.random.default_rng(1).standard_normal(SAMPLE_RATE).astype(np.float32)
    assert median_pitch_hz(noise) == 0
    assert median_pitch_hz(voiced(100)[:100]) == 0


def test_pauses_do_not_count() -> None:
    pause = np.random.default_rng(1).standard_normal(SAMPLE_RATE) * 1e-4
    speech = np.concatenate([pause, voiced(120), pause]).astype(np.float32)
    assert median_pitch_hz(speech) == pytest.approx(120, rel=0.03)
