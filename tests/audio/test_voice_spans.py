"""The voice detector and its spans are those of the package whose network it is."""

import numpy as np
import pytest
import torch
from silero_vad import get_speech_timestamps, load_silero_vad
from silero_vad.utils_vad import get_speech_timestamps_from_probs

from mouthpiece.audio import silero
from mouthpiece.audio.silero import WINDOW, VoiceDetector
from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.audio.voice_spans import Span, SpanLimits, voice_spans
from mouthpiece.core.errors import Fault


def chances_of(seed: int) -> np.ndarray:
    """Chances that wander, stay away from the middle, and now and then fall silent."""
    chance = np.random.default_rng(seed)
    level = np.repeat(chance.uniform(-3, 3, 60), chance.integers(1, 25, 60))
    return (1 / (1 + np.exp(-2 * level - chance.normal(size=len(level))))).astype(np.float32)


@pytest.mark.parametrize(
    "limits", [SpanLimits(), SpanLimits(150, 200, 28.0), SpanLimits(0, 400, 1)]
)
def test_spans_are_those_of_silero(limits: SpanLimits) -> None:
    divided = 0
    for seed in range(40):
        chances = chances_of(seed)
        samples = len(chances) * WINDOW - seed
        wanted = get_speech_timestamps_from_probs(
            chances.tolist(),
            min_speech_duration_ms=limits.shortest_ms,
            min_silence_duration_ms=limits.pause_ms,
            max_speech_duration_s=limits.longest_s,
            audio_length_samples=samples,
        )
        found = voice_spans(chances, samples, limits)
        assert found == [(one["start"], one["end"]) for one in wanted]
        divided += len(found)
    assert divided > 100


def test_no_sound_no_spans() -> None:
    assert VoiceDetector().hear(np.zeros(0, np.float32)).shape == (0,)
    assert voice_spans(np.zeros(0, np.float32), 0) == []
    assert voice_spans(np.ones(40, np.float32), 40 * WINDOW) == [(0, 40 * WINDOW)]


def test_the_detector_hears_what_silero_hears(dub: np.ndarray) -> None:
    spans: list[Span] = voice_spans(VoiceDetector().hear(dub), len(dub))
    network = load_silero_vad(onnx=True)
    wanted = get_speech_timestamps(torch.from_numpy(dub), network, sampling_rate=SAMPLE_RATE)
    assert spans and spans == [(one["start"], one["end"]) for one in wanted]
    chances = network.audio_forward(torch.from_numpy(dub), SAMPLE_RATE)[0].numpy()
    np.testing.assert_array_equal(VoiceDetector().hear(dub), chances)


def test_parts_are_heard_as_the_whole(dub: np.ndarray) -> None:
    detector = VoiceDetector()
    parts = [detector.hear(part) for part in (dub[: 7 * WINDOW], dub[7 * WINDOW :])]
    np.testing.assert_array_equal(np.concatenate(parts), VoiceDetector().hear(dub))


def test_a_wheel_without_the_network_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silero, "NETWORK", "other.onnx")
    silero._network.cache_clear()
    with pytest.raises(Fault, match=r"other\.onnx is missing"):
        VoiceDetector()
