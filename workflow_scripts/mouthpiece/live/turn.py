"""One turn of a conversation: sound that arrives, and is taken a block of frames at a time."""

import numpy as np

from ..audio.speech import SAMPLE_RATE
from .sound import Resampler, Samples, checked

SOUND_RATE_HZ = 48_000
"""Samples/s of the sound that a live avatar emits."""


class Fifo:
    """Sound that waits."""

    def __init__(self) -> None:
        self._chunks: list[Samples] = []
        self._samples = 0

    def __len__(self) -> int:
        return self._samples

    def push(self, samples: Samples) -> None:
        """Append sound.

        Args:
            samples: [N].
        """
        if len(samples):
            self._chunks.append(samples)
            self._samples += len(samples)

    def peek(self, samples: int) -> Samples:
        """Look at what comes next.

        Args:
            samples: How much of it.

        Returns:
            [samples]; silence where it has not arrived.
        """
        if len(self._chunks) > 1:
            self._chunks = [np.concatenate(self._chunks)]
        found = self._chunks[0][:samples] if self._chunks else np.zeros(0, np.float32)
        return np.pad(found, (0, samples - len(found)))

    def take(self, samples: int) -> Samples:
        """Take what comes next.

        Args:
            samples: How much of it.

        Returns:
            See `peek`.
        """
        found = self.peek(samples)
        if self._chunks:
            self._chunks = [self._chunks[0][samples:]]
            self._samples = len(self._chunks[0])
        return found


class Turn:
    """The sound of a turn, at the rate that engines hear and at the one that is emitted.

    Attributes:
        heard: 16 kHz, for the engine.
        emitted: `SOUND_RATE_HZ`, for whoever listens.
        ended: Whether no sound will come.
        begun: Whether some of it is spoken.
    """

    def __init__(self) -> None:
        self.heard, self.emitted = Fifo(), Fifo()
        self.ended = self.begun = False
        self._rate_hz = 0
        self._resamplers: tuple[Resampler, Resampler] | None = None

    def push(self, samples: np.ndarray, rate_hz: int) -> None:
        """Append sound.

        Args:
            samples: Mono, [N] float32 in [-1, 1] or int16; N may be 0.
            rate_hz: Samples/s, 8,000 to 192,000; it may change from chunk to chunk.

        Raises:
            InputError: It is no such sound.
        """
        sound = checked(samples, rate_hz)
        if not len(sound):
            return
        if self._resamplers is None or rate_hz != self._rate_hz:
            self._drain()
            self._rate_hz = rate_hz
            self._resamplers = Resampler(rate_hz, SAMPLE_RATE), Resampler(rate_hz, SOUND_RATE_HZ)
        for fifo, resampler in zip((self.heard, self.emitted), self._resamplers, strict=True):
            fifo.push(resampler.push(sound))

    def end(self) -> None:
        """End the turn: what waited for later sound is heard now."""
        self._drain()
        self.ended = True

    def _drain(self) -> None:
        if self._resamplers is not None:
            for fifo, resampler in zip((self.heard, self.emitted), self._resamplers, strict=True):
                fifo.push(resampler.end())
        self._resamplers = None
