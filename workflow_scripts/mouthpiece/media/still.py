"""A still picture, such as a portrait, as a short film in which nothing moves."""

from fractions import Fraction
from pathlib import Path

from ..core.notes import Note
from .ffmpeg import ffmpeg
from .portrait import read_portrait
from .url import url

PIXEL_FORMAT = "yuv420p"
"""All players take it; many take neither RGB nor 4:4:4."""

SCALER = "lanczos+accurate_rnd+full_chroma_int+bitexact"


def write_film(
    picture: Path, film: Path, rate: Fraction, length_s: float, long_side_px: int
) -> list[Note]:
    """Write a picture as a lossless film, upright, on white where it is transparent.

    Args:
        picture: The picture.
        film: The film to write; Matroska.
        rate: Its frames/s.
        length_s: Its length in seconds.
        long_side_px: A larger picture is reduced so that its longer side is that many pixels.

    Returns:
        What a user should know of the picture.

    Raises:
        InputError: The picture cannot be read.
    """
    upright, notes = read_portrait(picture, long_side_px)
    png = film.with_suffix(".png")
    upright.save(png)
    ffmpeg([
        "-loop", "1", "-framerate", str(rate), "-i", url(png), "-t", str(length_s),
        "-vf", f"scale=out_color_matrix=bt709:out_range=tv:flags={SCALER},format={PIXEL_FORMAT}",
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "iec61966-2-1",
        "-color_range", "tv", "-c:v", "ffv1", url(film),
    ])  # fmt: skip
    return notes
