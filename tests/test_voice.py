"""What is a voice, and what is only loud."""

from pathlib import Path

import numpy as np
import soundfile

from mouthpiece import demo
from mouthpiece.speech import SAMPLE_RATE, write_speech
from mouthpiece.voice import voiced_s

MEDIA = Path(__file__).resolve().parents[1] / "demo" / "media"


def test_noise_and_hum_are_no_voice() -> None:
    t = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    noise = 0.1 * np.random.default_rng(1).standard_normal(len(t))
    for sound in (noise, 0.3 * np.sin(2 * np.pi * 220 * t), np.zeros(len(t))):
        assert voiced_s(sound.astype(np.float32)) == 0


def test_the_demos_dub_is_a_voice(tmp_path: Path) -> None:
    demo.build(MEDIA)
    write_speech(MEDIA / "dub.en.wav", tmp_path / "speech.wav")
    samples, _ = soundfile.read(tmp_path / "speech.wav", dtype="float32")
    spoken_s = voiced_s(samples)
    assert 0.2 * len(samples) / SAMPLE_RATE < spoken_s <= len(samples) / SAMPLE_RATE
