"""What every recognizer takes and gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..core.languages import NORWEGIAN, primary
from ..text.transcript import Word

SAMPLE_RATE = 16000
"""Samples/s of what a recognizer takes."""

WRITTEN_NORWEGIAN = ("nb", "nn")
"""Written forms of one spoken language."""


@dataclass(frozen=True)
class HeardSegment:
    """A stretch of speech as a recognizer hears it. Times are seconds from the first sample.

    Attributes:
        text: What is said, without spaces around it.
        start_s: When it begins.
        end_s: When it ends.
        words: Its words.
        log_probability: Mean log-probability of its tokens; 0 is certain.
        no_speech_probability: How sure the recognizer is that nobody speaks, 0 to 1.
        language: The language it was heard in, a BCP-47 tag without region.
        language_probability: How sure the recognizer is of it, 0 to 1; 1 where it was told.
    """

    text: str
    start_s: float
    end_s: float
    words: tuple[Word, ...]
    log_probability: float
    no_speech_probability: float
    language: str
    language_probability: float


class Recognizer(Protocol):
    """A recognizer of speech. It loads its weights at its first use."""

    @property
    def languages(self) -> Sequence[str]:
        """The languages that it knows, as BCP-47 tags without region."""

    def language_of(self, samples: np.ndarray) -> dict[str, float]:
        """Tell the language of speech.

        Args:
            samples: 16 kHz mono, [N] float32 in [-1, 1); of 30 s at most are heard.

        Returns:
            The probability of each language it knows, the likeliest first.
        """

    def transcribe(self, samples: np.ndarray, language: str = "") -> list[HeardSegment]:
        """Write down what is said.

        Long sound is given in pieces: memory grows with `samples`. Equal sound gives equal text,
        whatever was heard before.

        Args:
            samples: 16 kHz mono, [N] float32 in [-1, 1).
            language: The language that is spoken, a BCP-47 tag; empty: detected.

        Returns:
            The segments, by when they begin; none where nobody speaks.

        Raises:
            InputError: The recognizer does not know the language, or its weights are missing.
            Fault: Its weights are damaged.
        """


def macrolanguage(tag: str) -> str:
    """Reduce a language tag to what recognizers tell apart.

    Args:
        tag: A BCP-47 tag, such as "pt-BR", "nb" or "cmn".

    Returns:
        The language without region and script, as macrolanguage: "pt", "no", "zh"; empty for "".
    """
    language = primary(tag)
    return NORWEGIAN if language in WRITTEN_NORWEGIAN else language
