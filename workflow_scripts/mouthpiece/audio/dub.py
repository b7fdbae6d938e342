"""The dub of a film, dub.flac: how long it is, and how long it is heard.

`stages.dub` makes it of the user's file. Sample 0 is the start of the picture.
"""

from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

from ..core.errors import Fault
from .film_length import SoundLength

SILENCE_DBFS = -50.0
"""Samples below this are silence, in dB of full scale: room noise and dither are, speech is not."""

BLOCK_S = 1.0
"""How much is read at once, in seconds."""


def duration_s(dub: Path) -> Fraction:
    """Measure a dub, by its samples.

    Args:
        dub: A dub.flac.

    Returns:
        Its length, in seconds.

    Raises:
        Fault: The file is broken.
    """
    try:
        found = soundfile.info(dub)
    except soundfile.SoundFileError as error:
        raise Fault(f"{dub}: cannot be read: {error}; delete it and run again") from None
    return Fraction(found.frames, found.samplerate)


def planned_frames(dub: Path, rate: Fraction) -> int:
    """How many frames a looped film has: as many as its dub lasts.

    Args:
        dub: A dub.flac.
        rate: The film's frames/s.

    Returns:
        Frames, at least 1.

    Raises:
        Fault: The file is broken.
    """
    return max(1, round(duration_s(dub) * rate))


def sound_length(dub: Path) -> SoundLength:
    """Measure how long a dub is, and how long it is heard.

    Args:
        dub: A dub.flac.

    Returns:
        Its length.

    Raises:
        Fault: The file is broken.
    """
    return SoundLength(duration_s(dub), heard_s(dub))


def heard_s(dub: Path) -> Fraction:
    """Find where the last sound in a dub ends.

    Args:
        dub: A dub.flac.

    Returns:
        The end of its last sample that is not silence (`SILENCE_DBFS`), in seconds; 0 where all is.

    Raises:
        Fault: The file is broken.
    """
    try:
        with soundfile.SoundFile(dub) as file:
            block = max(1, round(BLOCK_S * file.samplerate))
            for start in range((file.frames - 1) // block * block, -1, -block):  # from the end
                file.seek(start)
                peaks = np.abs(file.read(block, dtype="float32", always_2d=True)).max(axis=1)
                heard = np.flatnonzero(peaks >= 10 ** (SILENCE_DBFS / 20))
                if heard.size:
                    return Fraction(start + int(heard[-1]) + 1, file.samplerate)
    except soundfile.SoundFileError as error:
        raise Fault(f"{dub}: cannot be read: {error}; delete it and run again") from None
    return Fraction(0)
