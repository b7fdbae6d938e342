"""The dub as the networks hear it: 16 kHz mono, sliced to a cut with context around it."""

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
"""Sound kept before and after a cut's own, in seconds; silence beyond the film's ends."""


@dataclass(frozen=True)
class Speech:
    """The sound of a cut.

    samples: [N] float32 in [-1, 1), 16 kHz mono. start: the index in `samples` of the cut's start;
    what lies before it, and after the cut's last frame, is context.
    """

    samples: np.ndarray
    start: int

    @classmethod
    def load(cls, path: Path) -> "Speech":
        """Read a slice that `write_slice` wrote."""
        samples, _ = soundfile.read(path, dtype="float32")
        return cls(samples, CONTEXT_S * SAMPLE_RATE)

    def cut_samples(self, clock: Clock) -> np.ndarray:
        """The cut's own samples, without what lies before and after it."""
        first, end = clock.samples(SAMPLE_RATE)
        return self.samples[self.start : self.start + end - first]


def write_speech(dub: Path, speech: Path) -> None:
    """Write a dub's first sound track as 16 kHz mono WAV, 16 bit. Raises InputError."""
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
    """Write a cut's part of the 16 kHz mono speech, with `CONTEXT_S` around it."""
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
