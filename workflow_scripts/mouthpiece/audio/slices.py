"""Slices of speech: a cut's part of a whole film's speech."""

from pathlib import Path

import numpy as np
import soundfile

from ..core.files import atomic
from ..core.timeline import Clock
from .speech import CONTEXT_S, SAMPLE_RATE, Speech

FULL_SCALE = 32768
"""What a 16 bit sample of 1.0 would be."""


def write_slice(speech: Path, clock: Clock, path: Path) -> None:
    """Write a cut's part of a film's speech, with `CONTEXT_S` of context on both sides.

    Args:
        speech: The film's speech, WAV, 16 kHz mono, 16 bit.
        clock: The frames of the cut.
        path: The slice to write, in the same form. Beyond the film's ends it is silent.
    """
    write_samples(read_slice(speech, clock), path)


def read_slice(speech: Path, clock: Clock) -> np.ndarray:
    """Read a cut's part of a film's speech, with `CONTEXT_S` of context on both sides.

    Args:
        speech: The film's speech, WAV, 16 kHz mono, 16 bit.
        clock: The frames of the cut.

    Returns:
        The samples, [N] int16. Beyond the film's ends they are silent.
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
    return samples


def speech_of(speech: Path, clock: Clock) -> Speech:
    """Read a cut's part of a film's speech, as `Speech.load` reads what `write_slice` writes.

    Args:
        speech: The film's speech, WAV, 16 kHz mono, 16 bit.
        clock: The frames of the cut.

    Returns:
        The cut's speech with its context.
    """
    samples = read_slice(speech, clock).astype(np.float32) / FULL_SCALE
    return Speech(samples, CONTEXT_S * SAMPLE_RATE)


def write_samples(samples: np.ndarray, path: Path) -> None:
    """Write a cut's part of a film's speech.

    Args:
        samples: What `read_slice` read, [N] int16.
        path: The file to write, WAV, 16 kHz mono, 16 bit.
    """
    with atomic(path) as temporary:
        soundfile.write(temporary, samples, SAMPLE_RATE, subtype="PCM_16")
