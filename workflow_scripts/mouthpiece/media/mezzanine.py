"""What a mezzanine holds, from its header."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from ..core.errors import Fault
from ..core.timeline import Clock, LoopedClock
from .colour import Colour, colour_of
from .url import url


@dataclass(frozen=True)
class MezzanineInfo:
    """What a mezzanine file says of itself; colour tags are ffmpeg's names, None where untagged."""

    rate: Fraction
    frames: int
    width: int
    height: int
    pixel_format: str
    primaries: str | None
    transfer: str | None
    matrix: str | None
    range: str | None

    @property
    def clock(self) -> Clock:
        """All its frames."""
        return Clock(self.rate, 0, self.frames)

    @property
    def colour(self) -> Colour:
        """Its colour tags."""
        return Colour(self.primaries, self.transfer, self.matrix, self.range)


def probe_mezzanine(path: Path) -> MezzanineInfo:
    """Read a mezzanine's facts from its header. Raises Fault where it is missing or broken."""
    with _open(path) as container:
        stream = container.streams.video[0]
        if not stream.frames or not stream.duration or stream.time_base is None:
            raise Fault(f"{path}: the mezzanine has no frames; delete it and run again")
        colour = colour_of(stream)
        return MezzanineInfo(
            rate=Fraction(stream.frames) / (stream.duration * stream.time_base),
            frames=stream.frames,
            width=stream.width,
            height=stream.height,
            # libav's "yuvj" is "yuv" with full range, which `range` says.
            pixel_format=(stream.pix_fmt or "").replace("yuvj", "yuv"),
            primaries=colour.primaries,
            transfer=colour.transfer,
            matrix=colour.matrix,
            range=colour.range,
        )


def cut_clock(path: Path, cut: str, source_cut: str = "", reversed: bool = False) -> Clock:
    """The frames of a cut, by its id, of a film whose mezzanine is given.

    source_cut, reversed: in a looped film, the cut of the mezzanine that is shown again, and
    whether it runs in reverse.
    """
    rate = probe_mezzanine(path).rate
    clock = Clock(rate, *_frames_of(cut))
    if not source_cut:
        return clock
    return LoopedClock(
        rate, clock.first_frame, clock.frames, Clock(rate, *_frames_of(source_cut)), reversed
    )


def _frames_of(cut: str) -> tuple[int, int]:
    """A cut's first frame, and how many it has, by its id."""
    first, last = (int(frame) for frame in cut.split("-"))
    return first, last - first + 1


def _open(path: Path) -> av.container.InputContainer:
    try:
        container = av.open(url(path))
    except (av.FFmpegError, OSError) as error:
        raise Fault(f"{path}: the mezzanine cannot be read: {error}") from error
    if not container.streams.video:
        container.close()
        raise Fault(f"{path}: the mezzanine has no picture; delete it and run again")
    return container


def time_base(stream: av.VideoStream) -> Fraction:
    """The unit of a stream's timestamps, in seconds."""
    if stream.time_base is None:
        raise Fault("the mezzanine has no time base")
    return stream.time_base
