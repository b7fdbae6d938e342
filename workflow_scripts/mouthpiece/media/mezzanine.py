"""A mezzanine: its facts, from its header, and the clock of a cut of it.

The mezzanine is the constant-rate, all-intra film that `stages.normalize` makes of a source.
"""

import functools
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from ..core.errors import Fault
from ..core.timeline import Clock, LoopedClock
from .colour import Colour, colour_of
from .open import open_media


@dataclass(frozen=True)
class MezzanineInfo:
    """What the header of a mezzanine says. Its colour tags are ffmpeg's names, None if untagged.

    Attributes:
        rate: Frames/s.
        frames: Length in frames.
        width: Width in pixels.
        height: Height in pixels.
        pixel_format: ffmpeg's name, such as `yuv420p`; the range is apart, in `range`.
        primaries: Colour primaries.
        transfer: Transfer characteristics.
        matrix: Matrix of the conversion to RGB.
        range: `tv` (limited) or `pc` (full).
    """

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
    """Read the facts of a mezzanine from its header.

    Args:
        path: The mezzanine.

    Returns:
        Its facts.

    Raises:
        Fault: The file is missing or broken.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise Fault(f"{path}: the mezzanine cannot be read: {error}") from error
    return _probe(path, (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns))


@functools.lru_cache(maxsize=16)
def _probe(path: Path, version: tuple[int, ...]) -> MezzanineInfo:
    """Read the header of one version of a file. A worker asks for it several times for each cut."""
    with open_mezzanine(path) as container:
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
    """Find the frames of a cut by its id.

    Args:
        path: The mezzanine of the film.
        cut: The id of the cut: its first and its last frame.
        source_cut: In a looped film, the id of the mezzanine's cut that is shown; else empty.
        reversed: Whether that is shown from its last frame to its first.

    Returns:
        The clock of the cut, at the mezzanine's rate.

    Raises:
        Fault: The mezzanine is missing or broken.
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


def open_mezzanine(path: Path) -> av.container.InputContainer:
    """Open a mezzanine with PyAV.

    Args:
        path: The mezzanine.

    Returns:
        The open container, which has a video stream. The caller closes it.

    Raises:
        Fault: The file is missing or broken.
    """
    try:
        container = open_media(path)
    except (av.FFmpegError, OSError) as error:
        raise Fault(
            f"{path}: the mezzanine cannot be read ({error.strerror}); delete it and run again"
        ) from error
    if not container.streams.video:
        container.close()
        raise Fault(f"{path}: the mezzanine has no picture; delete it and run again")
    return container


def time_base(stream: av.VideoStream) -> Fraction:
    """The unit of a stream's timestamps.

    Args:
        stream: The video stream of a mezzanine or of a segment.

    Returns:
        The unit in seconds.

    Raises:
        Fault: The file does not say.
    """
    if stream.time_base is None:
        raise Fault("the mezzanine has no time base")
    return stream.time_base
