"""A still picture, such as a portrait, as a short film in which nothing moves."""

from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from ..core.errors import InputError
from .ffmpeg import ffmpeg
from .url import url

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
"""What a still picture's name ends in."""

PLAYABLE = "yuv420p"
"""What every player takes; a film in RGB, or in 4:4:4, is not."""

FLAGS = "lanczos+accurate_rnd+full_chroma_int+bitexact"

BEHIND = (255, 255, 255)
"""What shows through where a picture is transparent."""


def is_still(path: Path) -> bool:
    """Whether a file is a still picture, by its name."""
    return path.suffix.lower() in SUFFIXES


def write_film(
    picture: Path, film: Path, rate: Fraction, length_s: float, long_side_px: int
) -> None:
    """Write a picture as a lossless film, upright, its longer side reduced to `long_side_px`.

    Raises InputError where the picture cannot be read.
    """
    try:
        with Image.open(picture) as stored:
            upright = _flat(ImageOps.exif_transpose(stored))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise InputError(
            f"{picture}: cannot be read as a picture: {type(error).__name__}"
        ) from None
    upright.thumbnail((long_side_px, long_side_px), Image.Resampling.LANCZOS)
    png = film.with_suffix(".png")
    upright.save(png)
    ffmpeg([
        "-loop", "1", "-framerate", str(rate), "-i", url(png), "-t", str(length_s),
        "-vf", f"scale=out_color_matrix=bt709:out_range=tv:flags={FLAGS},format={PLAYABLE}",
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "iec61966-2-1",
        "-color_range", "tv", "-c:v", "ffv1", url(film),
    ])  # fmt: skip


def _flat(picture: Image.Image) -> Image.Image:
    """A picture as RGB, on a plain ground where it is transparent."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, BEHIND)
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")
