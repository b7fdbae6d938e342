"""Where a face lies in each picture, and what it looks like upright, as restoring networks see it.

The place follows the guard's face track, smoothed, and is not looked for in each picture: what is
drawn there does not jitter.
"""

from dataclasses import replace

import av
import cv2
import numpy as np

from ..core.curves import gaussian
from ..faces.similarity import nearest_similarity
from .composite import Layout, onto_plane, plane_of
from .patch import Patch

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
    return _upright(picture, place, GREY)


def aligned_frame(frame: av.VideoFrame, layout: Layout, place: np.ndarray) -> np.ndarray:
    """Cut an aligned face out of a frame; nothing else of it is converted.

    Args:
        frame: The frame.
        layout: How it is stored.
        place: See `aligned`.

    Returns:
        See `aligned`.
    """
    grey = np.rint(layout.yuv(np.array(GREY, np.uint8).reshape(1, 1, 3)))[0, 0]
    shifts = ((0, 0), layout.chroma_shift, layout.chroma_shift)
    planes = [
        _upright(plane_of(frame, index, layout), onto_plane(place, shift), (float(grey[index]),))
        for index, shift in enumerate(shifts)
    ]
    return layout.rgb(cv2.merge(planes))


def onto_aligned(patch: Patch, place: np.ndarray) -> Patch:
    """Bring a patch into the plane of an aligned face.

    Args:
        patch: The patch, in its picture.
        place: See `aligned`.

    Returns:
        The patch, whose affine leads to the aligned face's pixels.
    """
    way = cv2.invertAffineTransform(place) @ np.vstack([patch.affine, [0, 0, 1]])
    return replace(patch, affine=way)


def _upright(image: np.ndarray, place: np.ndarray, border: tuple[float, ...]) -> np.ndarray:
    """The aligned face in a picture, or in a plane of one."""
    factor = max(1, int(pitch(place)))
    fine = place.copy()
    fine[:, :2] /= factor
    fine[:, 2] += place[:, :2] @ np.full(2, (1 / factor - 1) / 2)
    side = SIDE_PX * factor
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    face = cv2.warpAffine(image, fine, (side, side), flags=flags, borderValue=border)
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
