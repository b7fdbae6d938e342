"""Frame-exact decoding of the mezzanine: any cut of it, as stored or as RGB."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from ..core.errors import Fault
from ..core.overlap import mapped, prefetched
from ..core.timeline import Clock
from .kept import KEPT
from .mezzanine import probe_mezzanine, time_base
from .region import Region

TO_RGB = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.BITEXACT

REVERSED_BLOCK_FRAMES = 8
"""Frames that are decoded together, and held in memory, where a cut is shown in reverse."""


def read_frames(path: Path, clock: Clock, threads: int = 1) -> Iterator[av.VideoFrame]:
    """Decode exactly the frames of a clock, in their order.

    Args:
        path: The mezzanine.
        clock: The frames. Those of a looped film may run in reverse.
        threads: How many frames are decoded at once, ahead of the one that is yielded.

    Yields:
        The frames, in the mezzanine's own pixel format.

    Raises:
        Fault: A frame is missing or broken, or the clock's rate is not the mezzanine's.
    """
    if not clock.frames:
        return
    rate = probe_mezzanine(path).rate
    if clock.rate != rate:
        raise Fault(f"{path}: asked for frames at {clock.rate} frames/s, the mezzanine has {rate}")
    first, order = clock.source.first_frame, clock.frame_order
    with KEPT.open(path, threads) as container:
        if order.step > 0:
            yield from _consecutive(path, container, rate, first + order[0], len(order))
            return
        for start in range(0, len(order), REVERSED_BLOCK_FRAMES):
            block = order[start : start + REVERSED_BLOCK_FRAMES]
            yield from reversed(
                [*_consecutive(path, container, rate, first + block[-1], len(block))]
            )


def _consecutive(
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
    path: Path,
    clock: Clock,
    long_side_px: int | None = None,
    threads: int = 1,
    region: Callable[[int, int], Region | None] | None = None,
) -> Iterator[np.ndarray]:
    """Decode the frames of a clock as RGB, by the matrix and range in their tags.

    Args:
        path: The mezzanine.
        clock: The frames.
        long_side_px: A picture whose longer side is more is reduced to it, by area; None keeps all.
        threads: How many frames are decoded, and how many are converted, at once; from 2 on, ahead
            of the one that is yielded.
        region: Of the pictures' height and width, what is looked at of pictures that are not
            reduced; the rest may be black. None: all.

    Yields:
        The frames, [H, W, 3] uint8.

    Raises:
        Fault: See `read_frames`.
    """
    frames = read_frames(path, clock, threads)
    first = next(frames, None)
    if first is None:
        return
    part = region(first.height, first.width) if region and long_side_px is None else None
    own = threading.local()

    def all_frames() -> Iterator[av.VideoFrame]:
        yield first
        yield from frames

    def convert(frame: av.VideoFrame) -> np.ndarray:
        if not hasattr(own, "reformatter"):
            own.reformatter = VideoReformatter()
        if part is not None:
            return region_to_rgb(frame, own.reformatter, part)
        return to_rgb(frame, own.reformatter, long_side_px)

    if threads == 1:
        yield from map(convert, all_frames())
        return
    with prefetched(all_frames(), threads) as ahead, ThreadPoolExecutor(threads) as pool:
        yield from mapped(pool, convert, ahead, 2 * threads)


def to_rgb(
    frame: av.VideoFrame, reformatter: VideoReformatter, long_side_px: int | None = None
) -> np.ndarray:
    """Convert a frame to RGB.

    Args:
        frame: A frame of the mezzanine.
        reformatter: libswscale's context, kept from frame to frame.
        long_side_px: See `read_rgb`.

    Returns:
        The picture, [H, W, 3] uint8.
    """
    width, height = reduced_size(frame.width, frame.height, long_side_px)
    reduced = (width, height) != (frame.width, frame.height)
    rgb = reformatter.reformat(
        frame,
        width,
        height,
        "rgb24",
        interpolation=TO_RGB | (Interpolation.AREA if reduced else Interpolation.BICUBIC),
        dst_color_range=ColorRange.JPEG,
    )
    return rgb.to_ndarray()


def region_to_rgb(
    frame: av.VideoFrame, reformatter: VideoReformatter, region: Region
) -> np.ndarray:
    """Convert a frame to RGB, of which only a region is looked at.

    Args:
        frame: A frame of the mezzanine.
        reformatter: As for `to_rgb`, and for one region.
        region: What is looked at.

    Returns:
        The picture, [H, W, 3] uint8; in the region it is what `to_rgb` gives.
    """
    cut = region.cut(frame)
    if cut is None:
        return to_rgb(frame, reformatter)
    part, place = cut
    picture = np.zeros((frame.height, frame.width, 3), np.uint8)
    picture[place.rows, place.columns] = to_rgb(part, reformatter)
    return picture


def reduced_size(width: int, height: int, long_side_px: int | None) -> tuple[int, int]:
    """The size of a picture that is reduced so that its longer side is `long_side_px`.

    Args:
        width: Width in pixels.
        height: Height in pixels.
        long_side_px: The limit; None: there is no limit.

    Returns:
        Width and height in pixels, never more than they were.
    """
    longer = max(width, height)
    if long_side_px is None or longer <= long_side_px:
        return width, height
    scale = Fraction(long_side_px, longer)
    return max(1, round(width * scale)), max(1, round(height * scale))
