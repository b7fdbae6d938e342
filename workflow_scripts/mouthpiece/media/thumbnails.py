"""Reduced pictures, on which shot changes are looked for."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from .decode import read_rgb
from .mezzanine import probe_mezzanine

DETECT_PX = 256
"""Longer side of the picture that PySceneDetect sees, in pixels."""

THUMBNAIL_SIZE = (48, 27)
"""Width and height of a thumbnail in pixels; also what TransNetV2 takes."""


def read_reduced(mezzanine: Path, threads: int = 1) -> Iterator[np.ndarray]:
    """Read all frames of a film, reduced to `DETECT_PX`.

    Args:
        mezzanine: The film.
        threads: How many frames are decoded, and how many are reduced, at once.

    Yields:
        The frames, RGB, [H, W, 3] uint8.
    """
    yield from read_rgb(mezzanine, probe_mezzanine(mezzanine).clock, DETECT_PX, threads)


def thumbnail(frame: np.ndarray) -> np.ndarray:
    """Reduce a frame to a thumbnail.

    Args:
        frame: RGB, [H, W, 3] uint8.

    Returns:
        RGB, [27, 48, 3] uint8.
    """
    return cv2.resize(frame, THUMBNAIL_SIZE, interpolation=cv2.INTER_AREA)


def to_grey(picture: np.ndarray) -> np.ndarray:
    """Convert a thumbnail to grey.

    Args:
        picture: RGB, [H, W, 3] uint8.

    Returns:
        Its luma, [H, W] uint8.
    """
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Compare two grey thumbnails.

    Args:
        a: Grey, [H, W] uint8.
        b: The same.

    Returns:
        The mean absolute difference, 0 to 255.
    """
    return float(cv2.norm(a, b, cv2.NORM_L1)) / a.size
