"""Speech as the networks hear it: 16 kHz mono, sliced to a cut with context around it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ..core.errors import InputError
from ..core.files import atomic
from ..core.timeline import Clock
from ..media.ffmpeg import FfmpegError, ffmpeg
from ..media.url import url

SAMPLE_RATE = 16000

CONTEXT_S = 1
"""Seconds of sound kept before and after a cut; silence beyond the film's ends."""


@dataclass(frozen=True)
class Speech:
    """The sound of a cut, with context around it.

    Attributes:
        samples: 16 kHz mono, [N] float32 in [-1, 1).
        start: The index in `samples` of the cut's start. What comes before it, and after the cut's
            last frame, is context.
    """

    samples: np.ndarray
    start: int

    @classmethod
    def load(cls, path: Path) -> "Speech":
        """Read the speech of a cut.

        Args:
            path: What `write_slice` wrote.

        Returns:
            The speech.
        """
        samples, _ = soundfile.read(path, dtype="float32")
        return cls(samples, CONTEXT_S * SAMPLE_RATE)

    def cut_samples(self, clock: Clock) -> np.ndarray:
        """Take the samples of the cut, without the context.

        Args:
            clock: The cut's frames.

        Returns:
            16 kHz mono, [N] float32 in [-1, 1).
        """
        first, end = clock.samples(SAMPLE_RATE)
        return self.samples[self.start : self.start + end - first]


def write_speech(dub: Path, speech: Path) -> None:
    """Convert a dub's first audio stream to speech.

    Args:
        dub: A file that ffmpeg reads.
        speech: The WAV file to write, 16 kHz mono, 16 bit.

    Raises:
        InputError: If the dub cannot be read, or is empty.
    """
    with atomic(speech) as temporary:
        try:
            ffmpeg(
                ["-i", url(dub), "-map", "0:a:0", "-ac", "1", "-ar", str(SAMPLE_RATE),
                 "-c:a", "pcm_s16le", "-bitexact", url(temporary)]
            )  # fmt: skip
        except FfmpegError as error:
            raise InputError(f"{dub}: cannot be read as sound: {error}") from None
        if soundfile.info(temporary).frames == 0:
            raise InputError(f"{dub}: the dub has no sound, its length is zero")


def write_slice(speech: Path, clock: Clock, path: Path) -> None:
    """Write a cut's part of the speech, with `CONTEXT_S` around it.

    Args:
        speech: What `write_speech` wrote.
        clock: The cut's frames.
        path: The WAV file to write, 16 kHz mono, 16 bit.
    """
    first, end = clock.samples(SAMPLE_RATE)
    context = CONTEXT_S * SAMPLE_RATE
    wanted_first, wanted_end = first - context, end + context
    with soundfile.SoundFile(speech) as file:
        read_first, read_end = (min(max(0, s), file.frames) for s in (wanted_first, wanted_end))
        file.seek(read_first)
        heard = file.read(read_end - read_first, dtype="int16")
    samples = np.zeros(wanted_end - wanted_first, np.int16)
    samples[read_first - wanted_first :][: len(heard)] = heard
    with atomic(path) as temporary:
        soundfile.write(temporary, samples, SAMPLE_RATE, subtype="PCM_16")
