"""Who takes part in a conversation under test: nobody needs a network or a weight."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from mouthpiece.recognition.base import HeardSegment
from mouthpiece.talk.conversation import Parts
from mouthpiece.talk.limited import Limited
from mouthpiece.talk.replies import Echo, Replies
from mouthpiece.talk.voice import Voice
from mouthpiece.voices.base import Sound

RATE_HZ = 24000


class ToneSynthesizer:
    """Speaks each text as a tone: 50 ms a letter, 440 Hz."""

    def speak(self, text: str, language: str, voice: str, rate: float) -> Sound:
        time_s = np.arange(round(0.05 * len(text) * RATE_HZ)) / RATE_HZ
        return Sound((0.3 * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32), RATE_HZ)


class Speaking:
    """A synthesizer that does what a function does."""

    def __init__(self, speak: Callable[[str], Sound]) -> None:
        self._speak = speak

    def speak(self, text: str, language: str, voice: str, rate: float) -> Sound:
        return self._speak(text)


class FixedRecognizer:
    """Hears one text in everything."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.heard: list[int] = []

    @property
    def languages(self) -> Sequence[str]:
        return ["en"]

    def language_of(self, samples: np.ndarray) -> dict[str, float]:
        return {"en": 1.0}

    def transcribe(self, samples: np.ndarray, language: str = "") -> list[HeardSegment]:
        self.heard.append(len(samples))
        return [HeardSegment(self.text, 0, 1, (), 0, 0, language, 1)]


class Scripted:
    """Replies with given parts."""

    def __init__(self, answer: Callable[[str], Iterator[str]]) -> None:
        self._answer = answer
        self.remembered: list[tuple[str, str]] = []

    def parts(self, text: str) -> Iterator[str]:
        return self._answer(text)

    def remember(self, said: str, answered: str) -> None:
        self.remembered.append((said, answered))


@pytest.fixture
def make_parts() -> Callable[..., Parts]:
    def make(
        replies: Replies | None = None,
        speak: Callable[[str], Sound] | None = None,
        hears: str = "hello",
        timeout_s: float = 20.0,
        longest: int = 2000,
    ) -> Parts:
        synthesizer = Speaking(speak) if speak else ToneSynthesizer()
        voice = Voice(synthesizer, "tone", "en", Limited("the voice", timeout_s))
        recognizer = FixedRecognizer(hears)
        return Parts(replies or Echo(), voice, recognizer, "en", timeout_s, longest)

    return make
