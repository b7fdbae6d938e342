"""Where the clock of a file jumps, and the offsets that close the jumps.

Recordings joined by `cat`, restarted encoders and clocks that wrap leave a file whose times run
back or leap ahead. Players go on with the next picture and keep the sound with it; so does this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..core.notes import Note
from .packets import NO_TIME, Packets

BACK_S = Fraction(1, 10)
"""In a whole file, times of decoding never run back; some muxers round them, or give the packets of
a group one time. As in ffmpeg."""

OVERLAP_S = Fraction(1, 2)
"""Sound that steps back by less, in seconds, while the picture goes on, only overlaps itself."""

AHEAD_S = 10
"""A longer leap ahead is a jump, in formats whose clocks may jump; as in ffmpeg."""

FAR_AHEAD_S = 3600
"""A longer leap ahead is a jump, in other formats. A shorter one is a pause: a picture is held."""

NEAR_S = 5
"""How far apart the streams of a file are, at most, where its clock jumps."""

BESIDE_S = 2
"""How far apart in time packets are, at most, that lie beside each other in a file."""


@dataclass(frozen=True)
class Section:
    """A part of a file in which the clock does not jump.

    Attributes:
        firsts: The index of the first packet that belongs to it, by stream.
        starts_s: When that stream begins in it, on the repaired clock, by stream.
        offset_s: What is added to its times, so that the picture goes on without a gap.
        at_s: Where it begins on the repaired clock, from the start of the picture.
        jump_s: How far the clock jumps at its start; negative where it runs back.
    """

    firsts: Mapping[int, int]
    starts_s: Mapping[int, Fraction]
    offset_s: Fraction
    at_s: Fraction
    jump_s: Fraction


def find_sections(
    streams: Mapping[int, Packets], picture: int, may_jump: bool
) -> tuple[Section, ...]:
    """Split a file where its clock jumps.

    Args:
        streams: The packets of the picture and of the sound tracks, by the index of the stream.
        picture: The index of the picture.
        may_jump: Whether clocks may jump in the format.

    Returns:
        The sections in order, one where the clock is whole.
    """
    ahead_s = AHEAD_S if may_jump else FAR_AHEAD_S
    jumps = sorted(
        (int(packets.order[at]), index, int(at))
        for index, packets in streams.items()
        for at in _jumps(packets, [p for i, p in streams.items() if i != index], ahead_s)
    )
    starts: list[dict[int, int]] = [dict.fromkeys(streams, 0)]
    current = dict.fromkeys(streams, 0)
    for _, index, at in jumps:
        time_s = _time_s(streams[index], at)
        following = range(current[index] + 1, len(starts))
        found = next(
            (n for n in following if abs(_start_s(streams, starts[n]) - time_s) < NEAR_S), None
        )
        if found is None:
            found = len(starts)
            starts.append({})
        starts[found][index] = at
        current[index] = found
    return _placed(streams, picture, [s for s in starts if not _overlaps(streams, picture, s)])


def jump_notes(sections: Sequence[Section]) -> list[Note]:
    """Tell that the clock of a file was repaired.

    Args:
        sections: The parts of the file.

    Returns:
        A note with the place and the size of the first jump; none where there is one part.
    """
    if not (jumps := sections[1:]):
        return []
    at_s, jump_s = (round(float(value), 3) for value in (jumps[0].at_s, jumps[0].jump_s))
    return [Note("clock_repaired", {"jumps": len(jumps), "at_s": at_s, "jump_s": jump_s})]


def _overlaps(streams: Mapping[int, Packets], picture: int, firsts: Mapping[int, int]) -> bool:
    """Whether only sound steps back, by little: its packets overlap, and decoding drops that."""
    if picture in firsts:
        return False
    steps_s = [_time_s(streams[i], at - 1) - _time_s(streams[i], at) for i, at in firsts.items()]
    return all(0 < step_s < OVERLAP_S for step_s in steps_s)


def _jumps(packets: Packets, others: list[Packets], ahead_s: int) -> np.ndarray:
    """The packets of a stream at which its clock jumps."""
    timed = np.flatnonzero(packets.dts != NO_TIME)
    dts, durations = packets.dts[timed], packets.durations[timed]
    steps = np.diff(dts)
    back = steps < -float(BACK_S / packets.tick_s)
    ahead = steps - durations[:-1] > float(ahead_s / packets.tick_s)
    for n in np.flatnonzero(ahead):
        ahead[n] = not any(_goes_on(packets, timed[n], timed[n + 1], p) for p in others)
    return timed[1:][back | ahead]


def _goes_on(packets: Packets, before: int, after: int, other: Packets) -> bool:
    """Whether another stream fills a leap of this one, which is then a pause of this one only."""
    # The last packet before a leap may be read only with the first one after it.
    apart = np.abs(packets.dts[:before] - packets.dts[before]) > round(1 / packets.tick_s)
    since = packets.order[np.flatnonzero(apart)[-1]] if apart.any() else packets.order[0] - 1
    between = (other.order > since) & (other.order < packets.order[after])
    times = other.dts[between & (other.dts != NO_TIME)] * float(other.tick_s)
    low_s, high_s = float(_time_s(packets, before)), float(_time_s(packets, after))
    inside = times[(times > low_s + BESIDE_S) & (times < high_s - BESIDE_S)]
    return bool(len(inside) and np.ptp(inside) > 1)


def _time_s(packets: Packets, at: int) -> Fraction:
    return int(packets.dts[at]) * packets.tick_s


def _start_s(streams: Mapping[int, Packets], firsts: Mapping[int, int]) -> Fraction:
    return min(_time_s(streams[index], at) for index, at in firsts.items())


def _placed(
    streams: Mapping[int, Packets], picture: int, starts: list[dict[int, int]]
) -> tuple[Section, ...]:
    """Give each section the offset with which its picture follows that of the section before."""
    stops = {index: len(packets) for index, packets in streams.items()}
    extents: list[dict[int, tuple[Fraction, Fraction]]] = []
    for firsts in reversed(starts):
        extent = {}
        for index, first in firsts.items():
            if times := streams[index].extent_s(first, stops[index]):
                extent[index] = times
            stops[index] = first
        extents.insert(0, extent)
    sections: list[Section] = []
    zero_s = end_s = offset_s = Fraction(0)
    for firsts, extent in zip(starts, extents, strict=True):
        if not extent:
            continue
        # A section may have no picture.
        start_s = extent.get(picture, min(extent.values()))[0]
        stop_s = extent.get(picture, max(extent.values(), key=lambda times: times[1]))[1]
        jump_s = Fraction(0)
        if sections:
            jump_s = start_s + offset_s - end_s
            offset_s = end_s - start_s
        else:
            zero_s = start_s
        starts_s = {index: times[0] + offset_s for index, times in extent.items()}
        sections.append(Section(firsts, starts_s, offset_s, start_s + offset_s - zero_s, jump_s))
        end_s = stop_s + offset_s
    return tuple(sections) or (Section(starts[0], {}, offset_s, zero_s, offset_s),)
