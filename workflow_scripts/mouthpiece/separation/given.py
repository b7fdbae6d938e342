"""A background that the user gave: music and effects without voices."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..core.errors import InputError
from ..core.files import temporary_folder
from ..core.notes import Note
from ..media.dub_file import decode_dub
from .sound import Sound, StemWriter

NOTED_DIFFERENCE_S = 0.5
"""By how much its length must differ from the picture's to be noted, in seconds."""


@dataclass(frozen=True)
class Taken:
    """A background as it was taken.

    Attributes:
        dbfs: Its level, in dBFS.
        notes: What a user should know of it.
    """

    dbfs: float
    notes: tuple[Note, ...]


def take_background(given: Path, source: Sound, background: Path) -> Taken:
    """Take the user's background, on the picture's clock and as long as the picture.

    Args:
        given: A sound file, or a film with sound; its time 0 is a dub's (`media.dub_file`).
        source: The source, as long as the picture.
        background: The FLAC file to write: its own sample rate and channels, 24 bit.

    Returns:
        How it was taken.

    Raises:
        InputError: The file cannot be used.
        Fault: The machine failed.
    """
    with temporary_folder(background) as folder:
        decoded = folder / "given.flac"
        try:
            info = decode_dub(given, decoded)
        except InputError as error:
            raise InputError(
                f"the background that videos.tsv names cannot be used: {error}"
            ) from None
        length_s = Fraction(source.samples, source.rate_hz)
        sound = Sound(decoded)
        dbfs = _fit(sound, background, round(length_s * sound.rate_hz))
    notes = list(info.notes)
    longer_s = float(info.length_s - length_s)
    if abs(longer_s) > NOTED_DIFFERENCE_S:
        code = "background_long" if longer_s > 0 else "background_short"
        notes.append(Note(code, {"s": round(abs(longer_s), 3)}))
    return Taken(dbfs, tuple(notes))


def _fit(sound: Sound, path: Path, samples: int) -> float:
    """Write a sound, cut or filled with silence to a length. Returns its level, in dBFS."""
    left = samples
    with StemWriter(path, sound) as stem:
        for block in sound.pieces():
            stem.add(block[:left])
            left -= min(left, len(block))
        while left:
            silence = np.zeros((min(left, sound.rate_hz), len(sound.channels)), np.int32)
            stem.add(silence)
            left -= len(silence)
    return stem.dbfs
