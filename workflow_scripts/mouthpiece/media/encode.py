"""Encoding of H.264 segments that can be joined."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import av

from ..core.files import atomic
from .mezzanine import MezzanineInfo
from .url import url

X264 = "stitchable=1:mbtree=0:b-adapt=0:scenecut=0"
"""mbtree makes bytes differ from run to run. A cut holds no change of scene, and the search for the
best places of B-frames takes a fifth of the time for nothing."""

SHORTCUTS = {"veryfast": "partitions=i4x4,i8x8:me=dia"}
"""So near to lossless, what `veryfast` tries beyond these takes as long as all the rest, and saves
few bytes: `benchmarks/encode.py`."""


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How segments are encoded. See the config section `delivery`.

    Attributes:
        crf: x264's quality; 0 is lossless.
        preset: x264's preset.
        pixel_format: ffmpeg's name, or `mezzanine` for the mezzanine's own.
    """

    crf: int
    preset: str
    pixel_format: str


def encode(
    frames: Iterable[av.VideoFrame],
    mezzanine: MezzanineInfo,
    path: Path,
    encoding: Encoding,
    threads: int,
) -> None:
    """Encode frames as one H.264 segment.

    Equal settings give equal parameter sets, so that segments can be joined without re-encoding.

    Args:
        frames: The frames, of the mezzanine's size.
        mezzanine: The mezzanine that they belong to.
        path: The MP4 file to write.
        encoding: The settings.
        threads: Threads of x264. The bytes depend on their number.
    """
    with atomic(path) as temporary, av.open(url(temporary), "w") as container:
        stream = container.add_stream(
            "libx264",
            rate=mezzanine.rate,
            options={
                "crf": str(encoding.crf),
                "preset": encoding.preset,
                "x264-params": ":".join((X264, SHORTCUTS.get(encoding.preset, ""))).rstrip(":"),
            },
        )
        stream.width, stream.height = mezzanine.width, mezzanine.height
        own = encoding.pixel_format == "mezzanine"
        stream.pix_fmt = mezzanine.pixel_format if own else encoding.pixel_format
        context = stream.codec_context
        context.time_base = 1 / mezzanine.rate
        context.thread_count = threads
        for index, frame in enumerate(frames):
            if index == 0:
                _copy_colour(frame, context)
            frame.pts, frame.time_base = index, context.time_base
            frame.pict_type = av.video.frame.PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _copy_colour(frame: av.VideoFrame, context: av.VideoCodecContext) -> None:
    context.color_primaries = frame.color_primaries
    context.color_trc = frame.color_trc
    context.colorspace = frame.colorspace
    context.color_range = frame.color_range
