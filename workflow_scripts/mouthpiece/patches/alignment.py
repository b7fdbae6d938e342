"""Where a face lies in each picture, and what it looks like upright, as restoring networks see it.

The place follows the guard's face track, smoothed, and is not looked for in each picture: what is
drawn there does not jitter.
"""

import cv2
import numpy as np

from ..core.curves import gaussian
from ..faces.similarity import nearest_similarity
from ..media.region import Region

SIDE_PX = 512

TEMPLATE_PX = (
    (192.98138, 239.94708),
    (318.90277, 240.1936),
    (256.63416, 314.01935),
    (201.26117, 371.41043),
    (313.08905, 371.15118),
)
"""Where the eyes, the tip of the nose and the mouth's corners lie in a face of 512 x 512, left to
right: FFHQ's alignment (Karras et al., arXiv:1812.04948), as restoring networks are trained on."""

MESH = ((33, 133, 159, 145), (362, 263, 386, 374), (1,), (61,), (291,))
"""The mesh points whose means are these five."""

STEADY_S = 0.1
"""Standard deviation of the place's smoothing over time. The way back undoes the very way there, so
that it shifts nothing."""

GREY = (132, 133, 135)
"""What lies beyond the picture's edge, RGB, as in the network's public code."""


def alignment(points: np.ndarray, sigma_frames: float) -> np.ndarray:
    """Find where a network is shown the face of each frame.

    Per frame the similarity that brings `TEMPLATE_PX` nearest to the five points (least squares),
    smoothed over time.

    Args:
        points: Face meshes, [T, 468, 2 or 3], in picture pixels.
        sigma_frames: Standard deviation of the smoothing, in frames.

    Returns:
        Affines from aligned faces' pixels to the picture's, [T, 2, 3] float64.
    """
    five = np.stack([points[:, list(group), :2].mean(1) for group in MESH], 1).astype(np.float64)
    five = gaussian(five, sigma_frames)
    return nearest_similarity(np.array(TEMPLATE_PX), five)


def aligned(picture: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Cut an aligned face out of a picture; a face of more pixels is averaged.

    Args:
        picture: RGB, [H, W, 3] uint8.
        place: The affine from the aligned face's pixels to the picture's, [2, 3].

    Returns:
        The face, [512, 512, 3] uint8.
    """
    factor = max(1, int(pitch(place)))
    fine = place.copy()
    fine[:, :2] /= factor
    fine[:, 2] += place[:, :2] @ np.full(2, (1 / factor - 1) / 2)
    side = SIDE_PX * factor
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    face = cv2.warpAffine(picture, fine, (side, side), flags=flags, borderValue=GREY)
    if factor == 1:
        return face
    return cv2.resize(face, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)


def pitch(affine: np.ndarray) -> float:
    """Measure how far apart neighbouring pixels come to lie.

    Args:
        affine: From the pixels to the picture, [2, 3].

    Returns:
        Their distance in picture pixels.
    """
    return float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))


def region_of(places: np.ndarray, height: int, width: int) -> Region:
    """Find the part of the pictures that `aligned` looks at.

    Args:
        places: What `alignment` found, [T, 2, 3].
        height: The pictures' height.
        width: Their width.

    Returns:
        The part; all where no face is in the picture.
    """
    square = np.array([[x, y, 1] for x in (-1, SIDE_PX) for y in (-1, SIDE_PX)], np.float64)
    corners = np.einsum("tij,cj->tci", places, square).reshape(-1, 2)
    left, top = np.floor(corners.min(0)).astype(int)
    right, bottom = np.ceil(corners.max(0)).astype(int) + 1
    left, top = max(0, left), max(0, top)
    right, bottom = min(width, right), min(height, bottom)
    if left >= right or top >= bottom:
        return Region(slice(0, height), slice(0, width))
    return Region(slice(top, bottom), slice(left, right))
