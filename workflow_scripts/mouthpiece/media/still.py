"""A still picture, such as a portrait, as a short film in which nothing moves."""

from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from ..core.errors import InputError
from .ffmpeg import ffmpeg
from .url import url

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
"""How the names of still pictures end."""

PIXEL_FORMAT = "yuv420p"
"""All players take it; many take neither RGB nor 4:4:4."""

SCALER = "lanczos+accurate_rnd+full_chroma_int+bitexact"

BACKGROUND = (255, 255, 255)
"""White, RGB: it shows where a picture is transparent."""


def is_still(path: Path) -> bool:
    """Whether a file is a still picture, by its name.

    Args:
        path: A file; it need not exist.

    Returns:
        Whether its name ends as a picture's does.
    """
    return path.suffix.lower() in SUFFIXES


def write_film(
    picture: Path, film: Path, rate: Fraction, length_s: float, long_side_px: int
) -> None:
    """Write a picture as a lossless film, upright, on white where it is transparent.

    Args:
        picture: The picture.
        film: The film to write; Matroska.
        rate: Its frames/s.
        length_s: Its length in seconds.
        long_side_px: A larger picture is reduced so that its longer side is that many pixels.

    Raises:
        InputError: The picture cannot be read.
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
        "-vf", f"scale=out_color_matrix=bt709:out_range=tv:flags={SCALER},format={PIXEL_FORMAT}",
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "iec61966-2-1",
        "-color_range", "tv", "-c:v", "ffv1", url(film),
    ])  # fmt: skip


def _flat(picture: Image.Image) -> Image.Image:
    """A picture as RGB, on a plain ground where it is transparent."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, BACKGROUND)
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")
