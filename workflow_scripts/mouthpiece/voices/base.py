"""What every synthesizer takes and gives."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Sound:
    """Speech.

    Attributes:
        samples: Mono, [N] float32 in [-1, 1].
        sample_rate_hz: Samples/s.
        cost_usd: What a service charged for it.
    """

    samples: np.ndarray
    sample_rate_hz: int
    cost_usd: float = 0.0


class UnspeakableError(Exception):
    """A line cannot be spoken, for a reason of its own. The text is a phrase without its words."""


class UselessAnswerError(UnspeakableError):
    """A service spoke a line, and what it sent is no speech. It may be paid for all the same."""

    def __init__(self, reason: str, cost_usd: float = 0.0) -> None:
        """Describe it.

        Args:
            reason: A phrase without the line's words.
            cost_usd: What the service charged for it.
        """
        super().__init__(reason)
        self.cost_usd = cost_usd


class Synthesizer(Protocol):
    """Speaks lines. It loads its weights at its first use."""

    def speak(self, text: str, language: str, voice: str, rate: float) -> Sound:
        """Speak a text.

        Equal arguments give equal sound, whatever was spoken before, unless a service speaks.

        Args:
            text: What is said: one line, with its punctuation.
            language: The language, a BCP-47 tag that its settings serve.
            voice: One of the voices that its settings name.
            rate: How fast, within its settings' `rates`; 1 is the voice's own rate, 2 twice as
                fast.

        Returns:
            The speech.

        Raises:
            UnspeakableError: This text cannot be spoken; a `UselessAnswerError` where a service
                was asked, and may be paid.
            InputError: What the user configured or installed does not work.
            Fault: The machine or a service failed.
        """
