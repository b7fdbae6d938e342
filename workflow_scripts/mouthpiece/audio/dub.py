"""The dub of a film: how long it is."""

import functools
from fractions import Fraction
from pathlib import Path

import av

from ..core.errors import InputError
from ..media.mezzanine import probe_mezzanine
from ..media.url import url


def planned_frames(mezzanine: Path, dub: Path) -> int:
    """How many frames a looped film has: as many as its dub lasts. Raises InputError."""
    return _planned_frames(mezzanine, mezzanine.stat().st_mtime_ns, dub, dub.stat().st_mtime_ns)


@functools.cache
def _planned_frames(mezzanine: Path, _made_ns: int, dub: Path, _given_ns: int) -> int:
    return max(1, round(duration_s(dub) * probe_mezzanine(mezzanine).rate))


def duration_s(audio: Path) -> Fraction:
    """The length of a file's first sound track, by its samples. Raises InputError without one."""
    try:
        with av.open(url(audio)) as container:
            if not container.streams.audio:
                raise InputError(f"{audio}: the dub has no sound track")
            rate = container.streams.audio[0].sample_rate
            return Fraction(sum(f.samples for f in container.decode(audio=0)), rate)
    except av.FFmpegError as error:
        raise InputError(f"{audio}: cannot be read as sound: {error.strerror}") from None
