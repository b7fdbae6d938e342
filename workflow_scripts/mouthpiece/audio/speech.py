"""Speech as the networks hear it: a cut's sound at 16 kHz, mono, with context around it."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from ..core.errors import Fault
from ..core.timeline import Clock

SAMPLE_RATE = 16000
"""Samples/s of speech. All networks that listen take this rate."""

CONTEXT_S = 1
"""Sound kept before and after a cut's own, in seconds; silence beyond the film's ends."""


@dataclass(frozen=True)
class Speech:
    """The sound of a cut.

    Attributes:
        samples: 16 kHz mono, [N] float32 in [-1, 1).
        start: The index in `samples` of the cut's start. What comes before it, and after the cut's
            last frame, is context.
    """

    samples: np.ndarray
    start: int

    @classmethod
    def load(cls, path: Path) -> "Speech":
        """Read a slice that `audio.slices.write_slice` wrote.

        Args:
            path: A WAV file, 16 kHz mono.

        Returns:
            The cut's speech with its context.

        Raises:
            Fault: It is no sound.
        """
        try:
            samples, _ = soundfile.read(path, dtype="float32")
        except soundfile.LibsndfileError as error:
            raise Fault(f"{path}: holds no speech ({error}); delete it and run again") from None
        return cls(samples, CONTEXT_S * SAMPLE_RATE)

    def cut_samples(self, clock: Clock) -> np.ndarray:
        """The cut's own samples, without the context before and after it.

        Args:
            clock: The frames of the cut.

        Returns:
            Samples, [N] float32.
        """
        first, end = clock.samples(SAMPLE_RATE)
        return self.samples[self.start : self.start + end - first]

    def later(self, samples: int, clock: Clock) -> "Speech":
        """The same sound, moved against the picture.

        Args:
            samples: By how much it comes later (+) or earlier (-).
            clock: The frames of the cut.

        Returns:
            The cut's speech, with silence where it would lie beyond the context.
        """
        first, end = clock.samples(SAMPLE_RATE)
        start = self.start - samples
        before, after = max(0, -start), max(0, start + end - first - len(self.samples))
        padded = np.pad(self.samples, (before, after)) if before or after else self.samples
        return replace(self, samples=padded, start=start + before)
