"""Colour tags of video streams."""

from dataclasses import dataclass

import av

# ITU-T H.273 code points, by the names that ffmpeg's options use; 2 is "unspecified".
PRIMARIES = {
    1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film",
    9: "bt2020", 10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213",
}  # fmt: skip

TRANSFERS = {
    1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "linear",
    9: "log100", 10: "log316", 11: "iec61966-2-4", 12: "bt1361e", 13: "iec61966-2-1",
    14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 17: "smpte428", 18: "arib-std-b67",
}  # fmt: skip

MATRICES = {
    0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco",
    9: "bt2020nc", 10: "bt2020c", 11: "smpte2085", 12: "chroma-derived-nc",
    13: "chroma-derived-c", 14: "ictcp", 15: "ipt-c2", 16: "ycgco-re", 17: "ycgco-ro",
}  # fmt: skip

RANGES = {1: "tv", 2: "pc"}


@dataclass(frozen=True)
class Colour:
    """How sample values mean colours, by ffmpeg's names; None is untagged.

    Attributes:
        primaries: Colour primaries.
        transfer: Transfer characteristics.
        matrix: Matrix of the conversion to RGB.
        range: `tv` (limited) or `pc` (full).
    """

    primaries: str | None
    transfer: str | None
    matrix: str | None
    range: str | None


def colour_of(stream: av.VideoStream) -> Colour:
    """Read the colour tags of a stream.

    Args:
        stream: An open video stream.

    Returns:
        Its tags.
    """
    context = stream.codec_context
    return Colour(
        PRIMARIES.get(context.color_primaries),
        TRANSFERS.get(context.color_trc),
        MATRICES.get(context.colorspace),
        RANGES.get(context.color_range),
    )
