"""ffmpeg's filters that conform any picture to the mezzanine's form.

That form: constant rate, progressive, upright, square pixels, even size, SDR with colour tags.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

import av

from .colour import Colour
from .interlacing import FieldOrder
from .pixel_format import is_rgb, nearest_pixel_format
from .probe import VideoStream

HDR_TRANSFERS = {"smpte2084": "PQ", "arib-std-b67": "HLG"}
"""Transfer characteristics of HDR pictures (ITU-R BT.2100), and what they are called."""

KNOWN_MATRICES = ("bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "bt2020nc")
"""Matrices that swscale and zscale convert from."""

SCALER = "flags=lanczos+accurate_rnd+full_chroma_int+bitexact"


@dataclass(frozen=True)
class PictureFilters:
    """How a picture is conformed.

    Attributes:
        filters: ffmpeg's filters, in order.
        pixel_format: The pixel format that they give.
    """

    filters: tuple[str, ...]
    pixel_format: str


def conforming_filters(
    video: VideoStream, order: FieldOrder, rate: Fraction, varies: bool = False
) -> PictureFilters:
    """Choose the filters that conform a picture.

    Args:
        video: The source's picture.
        order: Whether it is interlaced, and how.
        rate: The mezzanine's frames/s.
        varies: Whether size, pixel format or range change midway: then every frame is given those
            of `video`, as a whole picture between black bars.

    Returns:
        The filters. The size they give is `square_size`, made even.
    """
    given = _guess_colour(video)
    stored = av.VideoFormat(video.pixel_format)
    made, pixel_format = given, nearest_pixel_format(stored)
    tone_map: list[str] = []
    if given.transfer in HDR_TRANSFERS:
        made, pixel_format = Colour("bt709", "bt709", "bt709", "tv"), "yuv420p"
        tone_map = _tone_map(given)
    width, height = square_size(video)
    given_range = "pc" if is_rgb(stored) else made.range
    matrices = f":out_color_matrix={made.matrix}" if is_rgb(stored) else ""
    filters = [
        *(_uniform(video) if varies else []),
        _from_zero(video),
        *_deinterlace(order),
        f"fps=fps={rate.numerator}/{rate.denominator}:start_time=0:round=near",
        *tone_map,
        # Explicit ranges: swscale would otherwise squeeze full-range samples.
        f"scale={width}:{height}:in_range={given_range}:out_range={made.range}{matrices}:{SCALER}",
        f"format={pixel_format}",
        *_even(width, height, pixel_format),
        "setsar=1",
        f"setparams=field_mode=prog:range={made.range}:color_primaries={made.primaries}"
        f":color_trc={made.transfer}:colorspace={made.matrix}",
    ]
    return PictureFilters(tuple(filters), pixel_format)


def square_size(video: VideoStream) -> tuple[int, int]:
    """The size of a picture once it is upright and its pixels are square.

    Args:
        video: The source's picture.

    Returns:
        Width and height in pixels. The direction with the finer pixels keeps its size.
    """
    width, height = video.width, video.height
    if video.sample_aspect > 1:
        width = round(width * video.sample_aspect)
    elif 0 < video.sample_aspect < 1:
        height = round(height / video.sample_aspect)
    return (height, width) if video.rotation_deg % 180 else (width, height)


def _from_zero(video: VideoStream) -> str:
    """Time 0 is the first frame that decodes, as it is for the sound."""
    if not video.timed:
        rate = 1 / (video.times_s[1] - video.times_s[0]) if len(video.times_s) > 1 else Fraction(25)
        return f"setpts=N*({rate.denominator}/{rate.numerator})/TB"
    return "setpts=PTS-STARTPTS"


def _uniform(video: VideoStream) -> list[str]:
    """Give all frames one size, pixel format and range."""
    width, height = video.width, video.height
    full = video.colour.range == "pc" or video.pixel_format.startswith("yuvj")
    return [
        f"scale={width}:{height}:force_original_aspect_ratio=decrease:eval=frame"
        f":out_range={'pc' if full else 'tv'}:{SCALER}",
        f"format={video.pixel_format}",
        f"pad={width}:{height}:-1:-1:eval=frame",
    ]


def _deinterlace(order: FieldOrder) -> list[str]:
    if not order.interlaced:
        return []
    return [f"setfield={'tff' if order.top_first else 'bff'}", "bwdif=mode=send_frame:deint=all"]


def _guess_colour(video: VideoStream) -> Colour:
    """The source's tags; what is untagged, as players guess it from the picture's height."""
    guess = "bt709"
    if video.height <= 576 and video.width <= 1024:
        guess = "bt470bg" if video.height % 288 == 0 else "smpte170m"
    primaries, transfer, matrix = guess, "bt709" if guess == "bt709" else "smpte170m", guess
    tags = video.colour
    if tags.transfer in HDR_TRANSFERS:  # BT.2100
        primaries, matrix = "bt2020", "bt2020nc"
    if tags.matrix == "gbr" or is_rgb(av.VideoFormat(video.pixel_format)):
        primaries, transfer = "bt709", "iec61966-2-1"
        tags = replace(tags, matrix="bt709", range="tv")
    full = video.pixel_format.startswith("yuvj")
    return Colour(
        tags.primaries or primaries,
        tags.transfer or transfer,
        tags.matrix or matrix,
        tags.range or ("pc" if full else "tv"),
    )


def _tone_map(colour: Colour) -> list[str]:
    """PQ or HLG to BT.709: to linear light, into the smaller gamut, highlights rolled off.

    203 cd/m2, the white of a page in HDR (ITU-R BT.2408), becomes SDR white; up to 0.7 of it
    nothing changes, so that an SDR picture shown in HDR comes back as it was.
    """
    return [
        f"zscale=tin={colour.transfer}:pin={colour.primaries}:min={colour.matrix}:rin={colour.range}"
        ":t=linear:npl=203",
        "format=gbrpf32le",
        "zscale=p=bt709",
        "tonemap=tonemap=mobius:param=0.7:desat=0",
        "zscale=t=bt709:m=bt709:r=tv",
        "format=yuv420p",
    ]


def _even(width: int, height: int, pixel_format: str) -> list[str]:
    """Repeat the last column and row of an odd size.

    Plane by plane, since ffmpeg's pad rounds an odd size of subsampled pictures down, and so loses
    a column.
    """
    if width % 2 == height % 2 == 0:
        return []
    stored = av.VideoFormat(pixel_format)
    even = (width + width % 2, height + height % 2)
    steps = ["extractplanes=y+u+v[y][u][v]"]
    for name in "yuv":
        have, want = (width, height), even
        if name != "y":
            have = (stored.chroma_width(width), stored.chroma_height(height))
            want = (stored.chroma_width(even[0]), stored.chroma_height(even[1]))
        more = (want[0] - have[0], want[1] - have[1])
        fill = f"pad={want[0]}:{want[1]},fillborders=right={more[0]}:bottom={more[1]}:mode=smear"
        steps.append(f"[{name}]{fill if any(more) else 'null'}[{name}e]")
    planes = "map0s=0:map0p=0:map1s=1:map1p=0:map2s=2:map2p=0"
    return [";".join([*steps, f"[ye][ue][ve]mergeplanes=format={pixel_format}:{planes}"])]
