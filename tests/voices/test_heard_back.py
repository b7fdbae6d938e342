"""Kokoro and Piper really speak: what they say is heard back, at the voice's pitch and level."""

from pathlib import Path

import jiwer
import numpy as np
import pytest
from scipy.signal import resample_poly

from mouthpiece.audio.pitch import median_pitch_hz
from mouthpiece.core.errors import InputError
from mouthpiece.recognition.base import SAMPLE_RATE, Recognizer
from mouthpiece.recognition.registry import recognizer_settings
from mouthpiece.voices.registry import synthesizer_settings
from mouthpiece.voices.rendering import SAMPLE_RATE_HZ, render
from mouthpiece.voices.trim import speech_level_dbfs
from mouthpiece.weights.find import find_weight

NEEDED = (
    "kokoro/kokoro.onnx",
    "kokoro/voices/pm_alex.bin",
    "piper/en_US-joe-medium.onnx",
    "whisper-base-ct2/model.bin",
)

pytestmark = pytest.mark.slow


def missing() -> list[str]:
    def is_missing(name: str) -> bool:
        try:
            return not Path(find_weight((name,))[1]).is_file()
        except InputError:
            return True

    return [name for name in NEEDED if is_missing(name)]


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    if lacking := missing():
        pytest.skip(f"weights are missing: {', '.join(lacking)} (`mouthpiece models fetch`)")
    built: Recognizer = recognizer_settings()["faster_whisper"]().build()
    return built


@pytest.mark.parametrize(
    ("synthesizer", "voice", "language", "text", "most_errors"),
    [
        ("kokoro", "pm_alex", "pt-BR", "Eu não sei do que você está falando, vamos embora.", 0.06),
        ("piper", "en_US-joe-medium", "en-US", "Nobody told me that the door was open.", 0.06),
    ],
)
def test_what_is_spoken_is_heard_back(
    recognizer: Recognizer,
    synthesizer: str,
    voice: str,
    language: str,
    text: str,
    most_errors: float,
) -> None:
    settings = synthesizer_settings()[synthesizer]()
    spoken = settings.build().speak(text, language, voice, 1.0)
    take = render(spoken, 0.95)
    assert speech_level_dbfs(take.samples, SAMPLE_RATE_HZ) == pytest.approx(-23, abs=1.5)
    assert np.abs(take.samples).max() < 10 ** (-3 / 20) + 1e-6
    heard = resample_poly(take.samples, SAMPLE_RATE, SAMPLE_RATE_HZ).astype(np.float32)
    own = next(one for one in settings.voices(language) if one.name == voice)
    assert median_pitch_hz(heard) == pytest.approx(own.pitch_hz, rel=0.25)
    said = " ".join(segment.text for segment in recognizer.transcribe(heard, language))
    assert jiwer.cer(plain(text), plain(said)) <= most_errors


def plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum() or c == " ").strip()
