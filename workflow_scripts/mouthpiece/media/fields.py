"""Whether a picture is interlaced."""

import re
from dataclasses import dataclass
from pathlib import Path

from .ffmpeg import ffmpeg
from .probe import VideoStream
from .url import url

# What idet looks at: enough to tell, at little cost on a long film.
FIELD_SAMPLES = 3

FIELD_SAMPLE_FRAMES = 60

UNFLAGGED_FRAMES = 24


@dataclass(frozen=True)
class Fields:
    """Whether the picture is interlaced, and the order of its fields."""

    interlaced: bool
    top_first: bool


def find_fields(source: Path, video: VideoStream, threads: int) -> Fields:
    """Look at the picture itself (ffmpeg's idet) at a few places: flags are often wrong."""
    counts = {"TFF": 0, "BFF": 0, "Progressive": 0}
    for n in range(FIELD_SAMPLES):
        seek_s = video.duration_s * n / FIELD_SAMPLES
        report = ffmpeg(
            [
                *("-threads", str(threads), "-ss", f"{float(seek_s):.3f}", "-i", url(source)),
                *("-map", f"0:{video.index}", "-frames:v", str(FIELD_SAMPLE_FRAMES)),
                *("-vf", "idet", "-f", "null", "-"),
            ]
        )
        line = [x for x in report.lines if "Multi frame detection" in x][-1:]
        for kind in counts:
            counts[kind] += sum(map(int, re.findall(rf"{kind}: *(\d+)", "".join(line))))
        if video.duration_s * video.mean_rate <= FIELD_SAMPLE_FRAMES:
            break
    combed, clean = counts["TFF"] + counts["BFF"], counts["Progressive"]
    if combed == clean == 0:  # a still picture shows no fields: believe the flag
        return Fields(video.flagged_interlaced, video.top_field_first)
    if video.flagged_interlaced:
        interlaced = combed > clean
    else:  # fine stripes can look combed, so an unflagged picture needs a clear case
        interlaced = combed >= max(9 * clean, UNFLAGGED_FRAMES)
    return Fields(interlaced, counts["TFF"] >= counts["BFF"])
