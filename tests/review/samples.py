"""Rows of cuts.tsv and segments, as the tests of the review page need them."""

from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from mouthpiece.core.cut_table import CutRow


def cut_row(first: int, frames: int, gate: str = "none", **changed: str) -> dict[str, str]:
    """A row of cuts.tsv."""
    row = dict.fromkeys((field.name for field in fields(CutRow)), "")
    scored = gate != "none"
    row |= {"confidence": "0.5", "offset_frames": "0", "draft": "0123456789ab"} if scored else {}
    row |= {"cut": f"{first:06d}-{first + frames - 1:06d}", "gate": gate, "engine": "preview"}
    row |= {"first_frame": str(first), "frames": str(frames), "action": "passthrough"}
    return row | {"guard": "lipsync" if scored else "passthrough"} | changed


def segment(
    path: Path,
    frames: int,
    rate: Fraction = Fraction(25),
    size: tuple[int, int] = (64, 48),
    pixel_format: str = "yuv420p",
) -> Path:
    """An H.264 segment whose frames get brighter."""
    with av.open(str(path), "w") as film:
        video = film.add_stream("libx264", rate=rate)
        video.width, video.height, video.pix_fmt = *size, pixel_format
        for index in range(frames):
            picture = np.full((size[1], size[0], 3), (40 + 3 * index) % 256, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format=pixel_format
            )
            frame.pts, frame.time_base = index, 1 / rate
            film.mux(video.encode(frame))
        film.mux(video.encode())
    return path


def decoded(path: Path) -> list[tuple[float, np.ndarray]]:
    """The time and the grey picture of each frame."""
    with av.open(str(path)) as film:
        return [(frame.time, frame.to_ndarray(format="gray")) for frame in film.decode(video=0)]
