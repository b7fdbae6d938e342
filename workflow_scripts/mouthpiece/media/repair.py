"""A copy of a file whose clock jumps, with the jumps closed."""

import contextlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import av

from ..core.errors import InputError
from .clock import Section
from .open import open_media
from .packets import demux
from .url import url

Found = TypeVar("Found")

OVERLAP_S = Fraction(1, 1000)
"""How far two packets of sound may overlap: times are rounded."""


@contextlib.contextmanager
def repaired_copy(
    source: Path,
    sections: Sequence[Section],
    streams: tuple[int, int | None],
    folder: AbstractContextManager[Path],
    read: Callable[[Path], Found],
    way_on: str,
) -> Iterator[tuple[Path, Found]]:
    """Copy a file without the jumps of its clock, and read the copy.

    Args:
        source: The file.
        sections: Its parts.
        streams: The indices of its picture and its sound track: see `write_repaired`.
        folder: Makes the folder that the copy is in, and removes it.
        read: Reads what the copy holds.
        way_on: What a user can do where the clock cannot be repaired.

    Yields:
        The copy, and what was read of it.

    Raises:
        InputError: The clock cannot be repaired.
    """
    with folder as place:
        copy = place / "repaired.nut"
        try:
            write_repaired(source, sections, *streams, copy)
            found = read(copy)
        except (av.FFmpegError, InputError):
            raise InputError(
                f"{source}: its clock jumps, {len(sections) - 1} times, and cannot be repaired "
                f"here; {way_on}"
            ) from None
        yield copy, found


def write_repaired(
    source: Path, sections: Sequence[Section], picture: int, sound: int | None, path: Path
) -> None:
    """Copy the picture and a sound track, on a clock without jumps. Nothing is decoded.

    The sound keeps to the picture. Where it lasts longer than the picture before a jump, that end
    of it is left out.

    Args:
        source: The file.
        sections: Its parts.
        picture: The index of its picture.
        sound: The index of the sound track; None: there is none.
        path: The file to write, NUT, whose times are exact. Its first stream is the picture.

    Raises:
        av.FFmpegError: NUT does not take one of the streams.
    """
    with open_media(source) as given, av.open(url(path), "w", format="nut") as repaired:
        chosen = [given.streams[n] for n in (picture, sound) if n is not None]
        streams = {}
        for stream in chosen:
            streams[stream.index] = repaired.add_stream_from_template(stream, opaque=True)
            streams[stream.index].time_base = stream.time_base
        parts = {s.index: _Parts(s.index, sections) for s in chosen}
        for packet, shown in demux(given, *chosen):
            index = packet.stream_index
            shift_s, limit_s = parts[index].of(shown)
            shift = round(shift_s / packet.time_base)
            packet.pts = None if packet.pts is None else packet.pts + shift
            packet.dts = None if packet.dts is None else packet.dts + shift
            if index == sound and limit_s is not None and packet.pts is not None:
                end = packet.pts + (packet.duration or 0)
                if end * packet.time_base > limit_s + OVERLAP_S:
                    continue
            packet.stream = streams[index]
            repaired.mux(packet)


class _Parts:
    """The parts of a stream, as its packets come."""

    def __init__(self, index: int, sections: Sequence[Section]) -> None:
        own = [section for section in sections if index in section.firsts]
        self._firsts = [section.firsts[index] for section in own]
        self._offsets_s = [section.offset_s for section in own]
        self._limits_s = [*(section.starts_s.get(index) for section in own[1:]), None]
        self._packets = 0

    def of(self, shown: bool) -> tuple[Fraction, Fraction | None]:
        """What is added to the next packet's times, and when the part after its own begins."""
        part = bisect_right(self._firsts, self._packets) - 1
        self._packets += shown
        return self._offsets_s[part], self._limits_s[part]
