"""The microphone: when somebody begins to speak, and what was said once they end."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..audio.silero import WINDOW, VoiceDetector
from ..audio.voice_spans import LIKELY, UNLIKELY
from .borders import HEARD_RATE_HZ, LEAST_HEARD_S, MOST_HEARD_S, PAUSE_S, Utterance

ONSET_WINDOWS = 2
"""So many likely moments in a row begin a voice: 64 ms. A click is one."""

PAUSE_WINDOWS = round(PAUSE_S * HEARD_RATE_HZ / WINDOW)
"""So many unlikely moments in a row end an utterance."""

BEFORE_WINDOWS = 8
"""Moments before the onset that belong to an utterance, so that a soft begin is not lost."""

MOST_WINDOWS = int(MOST_HEARD_S * HEARD_RATE_HZ / WINDOW)

LEAST_WINDOWS = int(LEAST_HEARD_S * HEARD_RATE_HZ / WINDOW) + 1


class Detector(Protocol):
    """Tells how likely each moment holds a voice; see `audio.silero.VoiceDetector`."""

    def hear(self, samples: np.ndarray) -> np.ndarray:
        """Hear the next moments.

        Args:
            samples: Mono, `HEARD_RATE_HZ`, whole moments, [N * WINDOW] float32.

        Returns:
            The chances, [N] float32.
        """


@dataclass(frozen=True)
class Listener:
    """Who is told what the ears hear.

    Attributes:
        voice_began: Called once a voice begins.
        voice_ended: Called once it has ended, with what was said; None: it was too short.
    """

    voice_began: Callable[[], None]
    voice_ended: Callable[[Utterance | None], None]


class Ears:
    """Hears a microphone. It is used by one thread at a time."""

    def __init__(self, listener: Listener, detector: Detector | None = None) -> None:
        """Prepare to hear.

        Args:
            listener: Who is told.
            detector: Tells voice from other sound; default: Silero VAD.
        """
        self._listener = listener
        self._detector = detector or VoiceDetector()
        self._rest = np.zeros(0, np.float32)
        self._windows: deque[np.ndarray] = deque(maxlen=BEFORE_WINDOWS + ONSET_WINDOWS)
        self._said: list[np.ndarray] = []
        self._likely = self._unlikely = 0

    def hear(self, samples: np.ndarray) -> None:
        """Hear the next part of the sound.

        Args:
            samples: Mono, `HEARD_RATE_HZ`, [N] float32, of any length.
        """
        sound = np.concatenate([self._rest, samples], dtype=np.float32)
        whole = len(sound) // WINDOW * WINDOW
        self._rest = sound[whole:]
        if not whole:
            return
        chances = self._detector.hear(sound[:whole])
        for window, chance in zip(sound[:whole].reshape(-1, WINDOW), chances, strict=True):
            self._take(window, float(chance))

    def rest(self) -> None:
        """Hear nothing for a while: an utterance has ended, and what comes next belongs to none."""
        self._rest = self._rest[:0]
        if self._said:
            self._end()
        self._windows.clear()
        self._likely = 0

    def _take(self, window: np.ndarray, chance: float) -> None:
        if self._said:
            self._said.append(window)
            self._unlikely = self._unlikely + 1 if chance < UNLIKELY else 0
            if self._unlikely >= PAUSE_WINDOWS or len(self._said) >= MOST_WINDOWS:
                self._end()
            return
        self._windows.append(window)
        self._likely = self._likely + 1 if chance >= LIKELY else 0
        if self._likely >= ONSET_WINDOWS:
            self._said = list(self._windows)
            self._unlikely = 0
            self._listener.voice_began()

    def _end(self) -> None:
        said = self._said
        self._said, self._likely = [], 0
        self._windows.clear()
        is_long = len(said) - self._unlikely >= LEAST_WINDOWS
        sound = np.concatenate(said)
        self._listener.voice_ended(Utterance(samples=sound) if is_long else None)
