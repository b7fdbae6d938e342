"""A user's own recording of a line."""

from pathlib import Path

import numpy as np
import soundfile

from ...core.errors import InputError
from ..base import Sound

LONGEST_S = 120.0
"""The longest recording of one line, in seconds."""


def read_recording(path: Path) -> Sound:
    """Read a recording of a line.

    Args:
        path: A WAV or FLAC file. Its channels are mixed.

    Returns:
        The sound.

    Raises:
        InputError: The file cannot be read, or is too long for a line.
    """
    try:
        info = soundfile.info(path)
        if info.frames > LONGEST_S * info.samplerate:
            length_s = info.frames / info.samplerate
            raise InputError(
                f"{path}: has {length_s:.0f} s, and a line has {LONGEST_S:.0f} s at most; a whole "
                "dub is named in dubs.tsv"
            )
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise InputError(f"{path}: cannot be read as sound: {error}") from None
    return Sound(np.ascontiguousarray(samples.mean(axis=1)), int(rate))
