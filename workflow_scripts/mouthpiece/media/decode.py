"""Frame-exact reading of the mezzanine: any cut of it, as stored or as RGB."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from ..core.errors import Fault
from ..core.timeline import Clock
from .mezzanine import _open, probe_mezzanine, time_base

TO_RGB = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.BITEXACT

BACKWARD_FRAMES = 8
"""Frames that are decoded together where a cut is shown backward."""


def read_frames(path: Path, clock: Clock, threads: int = 1) -> Iterator[av.VideoFrame]:
    """Yield exactly the frames that stand at the clock's, in the mezzanine's own pixel format.

    threads: how many frames are decoded at once, ahead of the one that is yielded. Raises Fault
    where a frame is missing, and where the clock's rate is not the mezzanine's.
    """
    if not clock.frames:
        return
    rate = probe_mezzanine(path).rate
    if clock.rate != rate:
        raise Fault(f"{path}: asked for frames at {clock.rate} frames/s, the mezzanine has {rate}")
    first, places = clock.source.first_frame, clock.frame_order
    with _open(path) as container:
        decoder = container.streams.video[0].codec_context
        decoder.thread_type, decoder.thread_count = "FRAME", threads
        if places.step > 0:
            yield from _run(path, container, rate, first + places[0], len(places))
            return
        for start in range(0, len(places), BACKWARD_FRAMES):
            block = places[start : start + BACKWARD_FRAMES]
            yield from reversed([*_run(path, container, rate, first + block[-1], len(block))])


def _run(
    path: Path, container: av.container.InputContainer, rate: Fraction, first: int, frames: int
) -> Iterator[av.VideoFrame]:
    """Frames that follow each other; each is a key frame, so the seek lands on the first one."""
    stream = container.streams.video[0]
    # Exact: the mezzanine's time base divides the duration of a frame.
    frame_ticks = 1 / (rate * time_base(stream))
    expected = first
    try:
        container.seek(int(expected * frame_ticks), stream=stream)
        for frame in container.decode(stream):
            if frame.pts is None or frame.pts < expected * frame_ticks:
                continue
            if frame.pts != expected * frame_ticks or frame.is_corrupt:
                break
            yield frame
            expected += 1
            if expected == first + frames:
                return
    except av.FFmpegError as error:
        raise Fault(f"{path}: frame {expected} cannot be read: {error.strerror}") from error
    raise Fault(f"{path}: frame {expected} is missing or broken; delete the file and run again")


def read_rgb(
    path: Path, clock: Clock, long_side_px: int | None = None, threads: int = 1
) -> Iterator[np.ndarray]:
    """Yield the clock's frames as RGB, [H, W, 3] uint8, by the matrix and range in their tags.

    With `long_side_px`, a larger picture is reduced (by area) so that its longer side is that.
    """
    reformatter = VideoReformatter()
    for frame in read_frames(path, clock, threads):
        yield to_rgb(frame, reformatter, long_side_px, threads)


def to_rgb(
    frame: av.VideoFrame,
    reformatter: VideoReformatter,
    long_side_px: int | None = None,
    threads: int = 1,
) -> np.ndarray:
    """A frame as RGB, [H, W, 3] uint8; see `read_rgb`."""
    width, height = reduced_size(frame.width, frame.height, long_side_px)
    reduced = (width, height) != (frame.width, frame.height)
    rgb = reformatter.reformat(
        frame,
        width,
        height,
        "rgb24",
        interpolation=TO_RGB | (Interpolation.AREA if reduced else Interpolation.BICUBIC),
        dst_color_range=ColorRange.JPEG,
        threads=threads,
    )
    return rgb.to_ndarray()


def reduced_size(width: int, height: int, long_side_px: int | None) -> tuple[int, int]:
    """Width and height of the picture reduced to `long_side_px`; never enlarged."""
    longer = max(width, height)
    if long_side_px is None or longer <= long_side_px:
        return width, height
    scale = Fraction(long_side_px, longer)
    return max(1, round(width * scale)), max(1, round(height * scale))
