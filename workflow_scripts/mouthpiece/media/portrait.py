"""A still picture of any kind as 8 bit RGB: upright, in sRGB, black and white where they were."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps

from ..core.errors import InputError
from ..core.notes import Note
from .picture_kind import RAW, picture_kind

log = logging.getLogger(__name__)

FORMATS = (
    *("AVIF", "BMP", "DIB", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "PSD", "QOI"),
    *("TIFF", "WEBP"),
)
"""What is read, by Pillow's names. Not PostScript, which runs as a program."""

READ_KINDS = (
    "AVIF",
    "BMP",
    "GIF",
    "JPEG",
    "JPEG 2000",
    "Photoshop",
    "PNG",
    "PNM",
    "QOI",
    "TIFF",
    "WebP",
)
"""The same, by the names of `picture_kind`."""

BACKGROUND = (255, 255, 255)
"""White, RGB: it shows where a picture is transparent."""

LEAST_PX = 16

MOST_PX = 100_000_000
"""Pixels of the largest picture that is read: 0.4 GB as RGBA."""

DEEP_MODES = ("I;16", "I;16B", "I;16L", "I", "F")
"""One channel of more than 8 bits."""

WHITES = (1.0, 255.0, 65535.0)
"""What white may be in numbers with a decimal point, if no pixel is beyond."""

OVERSHOOT = 1.25
"""How far above white, or below black, filters may have pushed single pixels."""

BITS, PHOTOMETRIC, SAMPLE_FORMAT, SUBFILE, DNG = 258, 262, 339, 254, 50706
"""Tags of TIFF."""

WAY_ON = "convert it to PNG or JPEG"


def read_portrait(path: Path, long_side_px: int) -> tuple[Image.Image, list[Note]]:
    """Read a picture.

    Args:
        path: The picture.
        long_side_px: A larger one is reduced so that its longer side is that many pixels.

    Returns:
        The picture, RGB, upright, in sRGB, on white where it is transparent; and what a user should
        know of it.

    Raises:
        InputError: It cannot be read, or what its values mean is not known.
    """
    with _opened(path) as stored:
        _check(path, stored)
        notes = [Note("first_picture", {"pictures": count})] if (count := _count(stored)) else []
        stored.load()
        profile = stored.info.get("icc_profile")
        upright = ImageOps.exif_transpose(stored)
        rgb = _flat(_in_srgb(path, _in_8_bits(path, stored, upright), profile))
    rgb.thumbnail((long_side_px, long_side_px), Image.Resampling.LANCZOS)
    return rgb, notes


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """Open a picture. Whatever Pillow stumbles over becomes one message."""
    kind = picture_kind(path)
    if kind == RAW:
        raise InputError(
            f"{path}: is a camera's raw file; develop it, and export it as TIFF, PNG or JPEG"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as stored:
                yield stored
    except (InputError, MemoryError):
        raise
    except Image.UnidentifiedImageError:
        raise InputError(
            f"{path}: cannot be read as a picture: {_unread(kind)}; {WAY_ON}"
        ) from None
    except Image.DecompressionBombError:
        raise InputError(f"{path}: {_too_large()}") from None
    except Exception as error:  # a damaged file may raise anything
        if isinstance(error, OSError) and error.errno:
            raise
        reason = f"{type(error).__name__}: {error}"
        raise InputError(f"{path}: cannot be read as a picture: {reason}") from None


def _unread(kind: str) -> str:
    """Why a file of a kind is not read."""
    if kind in READ_KINDS:
        return f"it is damaged, or a variant of {kind} that is not read"
    return f"files of the kind {kind} are not read" if kind else "it is no picture, or damaged"


def _too_large() -> str:
    return f"has too many pixels: at most {MOST_PX / 1e6:.0f} million are read; reduce it"


def _check(path: Path, stored: Image.Image) -> None:
    """Refuse what is no portrait, before its pixels are read."""
    width, height = stored.size
    if width * height > MOST_PX:
        raise InputError(f"{path}: {_too_large()}")
    if min(width, height) < LEAST_PX:
        raise InputError(
            f"{path}: is {width} x {height} pixels; {LEAST_PX} on each side are needed"
        )
    tags = getattr(stored, "tag_v2", {})
    if DNG in tags or tags.get(SUBFILE, 0) == 1:
        raise InputError(
            f"{path}: is a camera's raw file, or begins with a small preview; develop it, and "
            "export it as TIFF, PNG or JPEG"
        )


def _count(stored: Image.Image) -> int:
    """How many pictures an animation, or a file with pages, holds; 0: one."""
    count = getattr(stored, "n_frames", 1)
    return count if count > 1 and stored.format not in ("MPO", "PSD") else 0


def _in_8_bits(path: Path, stored: Image.Image, upright: Image.Image) -> Image.Image:
    """A picture with 8 bits a channel; Pillow has done that except for one deep channel."""
    if upright.mode not in DEEP_MODES:
        return upright
    values = np.asarray(upright).astype(np.float32)
    white = _white(path, stored, values)
    grey = np.clip(values / white, 0, 1)
    if getattr(stored, "tag_v2", {}).get(PHOTOMETRIC) == 0:
        grey = 1 - grey
    made = Image.fromarray(np.round(grey * 255).astype(np.uint8))
    clear = stored.info.get("transparency")
    if isinstance(clear, int):
        made.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    return made


def _white(path: Path, stored: Image.Image, values: np.ndarray) -> float:
    """The value that is white in a picture of one deep channel."""
    is_float = stored.mode == "F"
    tags: Any = getattr(stored, "tag_v2", {})
    bits = tags.get(BITS, (16,))[0]
    if not is_float and (stored.mode != "I" or stored.format != "TIFF"):
        return float(2**bits - 1)
    if not np.isfinite(values).all():
        raise InputError(f"{path}: has pixels that are no numbers (NaN or infinity); {WAY_ON}")
    low, high = float(values.min()), float(values.max())
    full = float(2 ** (bits - (tags.get(SAMPLE_FORMAT, (1,))[0] == 2)) - 1)
    whites = WHITES if is_float else (*(WHITES[1:] if bits > 16 else ()), full)
    beyond = OVERSHOOT if is_float else 1.001  # rounded to 24 bits
    white = next((white for white in whites if high <= beyond * white), None)
    if white is None or low < (1 - beyond) * white:
        raise InputError(
            f"{path}: has values from {low:.6g} to {high:.6g}, and which of them are black and "
            f"white is not known; {WAY_ON}"
        )
    return white


def _in_srgb(path: Path, picture: Image.Image, profile: bytes | None) -> Image.Image:
    """A picture in sRGB, from the colours that its profile tells."""
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    plain = _without_alpha(picture)
    if profile:
        try:
            plain = _converted(plain, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
            log.warning("%s: its colour profile cannot be used: %s", path, error)
    elif plain.mode == "LAB":
        plain = _converted(plain, ImageCms.createProfile("LAB"))
    rgb = plain.convert("RGB")
    if alpha is not None:
        rgb.putalpha(alpha)
    return rgb


def _converted(picture: Image.Image, profile: Any) -> Image.Image:
    """A picture in sRGB, from the colours of a profile."""
    made = ImageCms.profileToProfile(
        picture, profile, ImageCms.createProfile("sRGB"), outputMode="RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    assert made is not None  # only with inPlace
    return made


def _without_alpha(picture: Image.Image) -> Image.Image:
    """The colours of a picture, in a mode that profiles are for."""
    if picture.mode in ("L", "RGB", "CMYK", "LAB"):
        return picture
    if picture.mode in ("LA", "La", "1"):
        return picture.convert("L")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB").convert("RGB")


def _flat(picture: Image.Image) -> Image.Image:
    """A picture as RGB, on a plain ground where it is transparent."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGBA", picture.size, BACKGROUND)
    return Image.alpha_composite(ground, picture).convert("RGB")
