"""The dub of a film, dub.flac: how long it is.

`stages.dub` makes it of the user's file. Sample 0 is the start of the picture.
"""

from fractions import Fraction
from pathlib import Path

import soundfile

from ..core.errors import Fault


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
