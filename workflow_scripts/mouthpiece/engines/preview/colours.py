"""The colours of a face: of its lips and the skin beside them, and of an area, carried on."""

import cv2
import numpy as np

from . import shape
from .looks import beside


def lip_colour(crop: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Read the colour of the lips.

    Args:
        crop: A frame's crop, RGB, [S, S, 3] uint8.
        points: Its mesh, [468, 2], in crop pixels.

    Returns:
        Their median, RGB, [3] float32.
    """
    area = np.zeros(crop.shape[:2], np.uint8)
    cv2.fillPoly(area, [np.round(points[list(shape.LIPS_OUTER)]).astype(np.int32)], 1)
    cv2.fillPoly(area, [np.round(points[list(shape.LIPS_INNER)]).astype(np.int32)], 0)
    return np.median(crop[area > 0].reshape(-1, 3), axis=0).astype(np.float32)


def skin_colour(crop: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Read the colour of the skin beside the lips.

    Args:
        crop: A frame's crop, RGB, [S, S, 3] uint8.
        points: Its mesh, [468, 2], in crop pixels.

    Returns:
        The median of places around them, RGB, [3] float32.
    """
    width = float(np.linalg.norm(points[61] - points[291]))
    places = np.round(beside(points[list(shape.LIPS_OUTER)], width)).astype(int)
    x, y = np.clip(places, 0, crop.shape[0] - 1).T
    return np.median(crop[y, x], axis=0).astype(np.float32)


def carried_on(image: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Carry the colours of a known area on to everywhere around it.

    Args:
        image: [S, S, 3] float32.
        known: The area, [S, S] float32 in [0, 1].

    Returns:
        The image, [S, S, 3].
    """
    size = image.shape[0]
    filled = image.copy()
    missing = known <= 0.5
    for sigma in (1.5, 4, 10):
        share = cv2.GaussianBlur(known, (0, 0), sigma * size / 256)
        colour = cv2.GaussianBlur(image * known[..., None], (0, 0), sigma * size / 256)
        here = missing & (share > 1e-3)
        filled[here] = colour[here] / share[here, None]
        missing &= ~here
    filled[missing] = image[known > 0.5].mean(0)
    return filled
