"""Whether a picture is interlaced, by the picture itself."""

import re
from dataclasses import dataclass
from pathlib import Path

from .ffmpeg import ffmpeg
from .probe import VideoStream
from .url import url

# Where ffmpeg's idet looks: enough to tell, at little cost on a long film.
SAMPLES = 3

SAMPLE_FRAMES = 60

UNFLAGGED_FRAMES = 24
"""A film that is not flagged as interlaced needs so many combed frames, and few clean ones."""


@dataclass(frozen=True)
class FieldOrder:
    """How a picture is scanned.

    Attributes:
        interlaced: Whether each frame holds two fields of different times.
        top_first: Whether the field of the upper lines is the earlier one.
    """

    interlaced: bool
    top_first: bool


def find_field_order(source: Path, video: VideoStream, threads: int) -> FieldOrder:
    """Look at a film in a few places with ffmpeg's idet, as flags are often wrong.

    Args:
        source: The film.
        video: Its picture.
        threads: Threads that decode it.

    Returns:
        Whether it is interlaced, and how.

    Raises:
        FfmpegError: The film cannot be decoded.
        Fault: The machine failed.
    """
    counts = {"TFF": 0, "BFF": 0, "Progressive": 0}
    for n in range(SAMPLES):
        seek_s = video.duration_s * n / SAMPLES
        report = ffmpeg(
            [
                *("-threads", str(threads), "-ss", f"{float(seek_s):.3f}", "-i", url(source)),
                *("-map", f"0:{video.index}", "-frames:v", str(SAMPLE_FRAMES)),
                *("-vf", "idet", "-f", "null", "-"),
            ]
        )
        line = [x for x in report.lines if "Multi frame detection" in x][-1:]
        for kind in counts:
            counts[kind] += sum(map(int, re.findall(rf"{kind}: *(\d+)", "".join(line))))
        if video.duration_s * video.mean_rate <= SAMPLE_FRAMES:
            break
    combed, clean = counts["TFF"] + counts["BFF"], counts["Progressive"]
    if combed == clean == 0:  # a still picture shows no fields: believe the flag
        return FieldOrder(video.flagged_interlaced, video.top_field_first)
    if video.flagged_interlaced:
        interlaced = combed > clean
    else:  # fine stripes can look combed
        interlaced = combed >= max(9 * clean, UNFLAGGED_FRAMES)
    return FieldOrder(interlaced, counts["TFF"] >= counts["BFF"])
