"""The codecs of delivered pictures: HEVC for players, ProRes and DNxHR for editors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.video.reformatter import ColorRange

from .mezzanine import MezzanineInfo
from .url import url

DNXHR_LEAST_PX = (256, 120)
"""The least width and height of DNxHR."""


COLOUR_TAGS = ("color_primaries", "color_trc", "colorspace", "color_range")
"""What frames and encoders say of colours."""


@dataclass(frozen=True)
class PictureCodec:
    """How a picture is encoded.

    Attributes:
        encoder: libav's name of the encoder.
        pixel_format: libav's name of the pixel format.
        options: The encoder's options.
        tag: The codec's four letters in MP4 and MOV; empty: the usual ones.
        keeps_range: Whether it can say that samples have the full range; if not, they are
            converted to the limited range, as editors expect.
        least_px: The least width and height.
    """

    encoder: str
    pixel_format: str
    options: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""
    keeps_range: bool = False
    least_px: tuple[int, int] = (2, 2)


def hevc(mezzanine: MezzanineInfo, crf: int, preset: str) -> PictureCodec:
    """Make the codec of the profile `hevc`: Main, or Main 10 where the mezzanine has 10 bit.

    Args:
        mezzanine: The mezzanine of the video.
        crf: x265's quality.
        preset: x265's preset.

    Returns:
        The codec. `hvc1` is what Apple's players want.
    """
    is_deep = mezzanine.pixel_format.endswith(("10le", "12le"))
    return PictureCodec(
        "libx265",
        "yuv420p10le" if is_deep else "yuv420p",
        {"crf": str(crf), "preset": preset, "x265-params": "log-level=error"},
        tag="hvc1",
        keeps_range=True,
    )


PRORES = PictureCodec("prores_ks", "yuv422p10le", {"profile": "hq", "vendor": "apl0"})
"""ProRes 422 HQ."""

DNXHR = PictureCodec(
    "dnxhd", "yuv422p10le", {"profile": "dnxhr_hqx"}, least_px=DNXHR_LEAST_PX
)  # fmt: skip
"""DNxHR HQX."""


def encode_picture(
    frames: Iterable[av.VideoFrame],
    mezzanine: MezzanineInfo,
    codec: PictureCodec,
    path: Path,
    threads: int,
) -> None:
    """Encode the picture of a film.

    Args:
        frames: Its frames, of the mezzanine's size.
        mezzanine: The mezzanine of its video.
        codec: How it is encoded.
        path: The file to write, MP4 or MOV.
        threads: Threads of the encoder.
    """
    with av.open(url(path), "w") as container:
        stream = container.add_stream(codec.encoder, rate=mezzanine.rate, options={**codec.options})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = mezzanine.width, mezzanine.height
        stream.pix_fmt = codec.pixel_format
        context = stream.codec_context
        context.time_base = 1 / mezzanine.rate
        context.thread_count = threads
        if codec.tag:
            context.codec_tag = codec.tag
        for index, frame in enumerate(frames):
            shown = _converted(frame, codec)
            if index == 0:
                for name in COLOUR_TAGS:
                    setattr(context, name, getattr(shown, name))
            shown.pts, shown.time_base = index, context.time_base
            shown.pict_type = av.video.frame.PictureType.NONE
            container.mux(stream.encode(shown))
        container.mux(stream.encode())


def _converted(frame: av.VideoFrame, codec: PictureCodec) -> av.VideoFrame:
    """A frame in the codec's pixel format, with the colour tags that it had."""
    is_full = frame.color_range == ColorRange.JPEG
    wanted = ColorRange.JPEG if is_full and codec.keeps_range else ColorRange.MPEG
    tags = {name: getattr(frame, name) for name in COLOUR_TAGS}
    if frame.color_range:
        tags["color_range"] = wanted
    shown = frame
    if frame.format.name.replace("yuvj", "yuv") != codec.pixel_format or (
        is_full and not codec.keeps_range
    ):
        shown = frame.reformat(format=codec.pixel_format, dst_color_range=wanted)
    for name, value in tags.items():
        setattr(shown, name, value)
    return shown
