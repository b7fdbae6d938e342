"""The pictures that StableSyncNet sees: the lower halves of aligned faces."""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from ..base import Seen

FACE_PX = 256

ALIGNED_PX = (210, 280)
"""Width and height of the aligned face before it is made square."""

TEMPLATE = 2.8 * np.array([[17.0, 20.0], [58.0, 20.0], [37.5, 40.0]])
"""Where the brows (left and right in the picture) and the nose come to lie in it."""

BROWS_AND_NOSE = ((70, 63, 105, 66, 107), (336, 296, 334, 293, 300), (5, 4, 129, 358))
"""Mesh points for LatentSync's landmarks: the upper edges of the brows; ridge, tip, both wings."""

FILLER = 127
"""The grey outside the picture."""


def lower_halves(face: Iterable[Seen]) -> Iterator[np.ndarray]:
    """Align each face and keep its lower half.

    Args:
        face: The frames, in order.

    Yields:
        RGB, [3, 128, 256] uint8.
    """
    for seen in face:
        yield aligned(seen).transpose(2, 0, 1)[:, FACE_PX // 2 :]


def aligned(seen: Seen) -> np.ndarray:
    """Turn, scale and move a face onto LatentSync's template.

    LatentSync rounds its detector's landmarks to whole pixels and smooths the position over time;
    the mesh is steady without either.

    Args:
        seen: A face in a frame.

    Returns:
        RGB, [256, 256, 3] uint8.
    """
    points = np.array([seen.points[list(group), :2].mean(0) for group in BROWS_AND_NOSE])
    face = cv2.warpAffine(
        seen.picture,
        similarity(points, TEMPLATE),
        ALIGNED_PX,
        flags=cv2.INTER_LINEAR,
        borderValue=(FILLER, FILLER, FILLER),
    )
    return cv2.resize(face, (FACE_PX, FACE_PX), interpolation=cv2.INTER_LANCZOS4)


def similarity(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Fit a similarity: scale from the spreads, turn by Kabsch (Acta Cryst. A32, 1976).

    Args:
        points: Points that are moved, [N, 2] float.
        onto: Where they should come to lie, [N, 2] float.

    Returns:
        The affine matrix, [2, 3] float64.
    """
    middles = points.mean(0), onto.mean(0)
    here, there = points - middles[0], onto - middles[1]
    left, _, right = np.linalg.svd(here.T @ there)
    flip = np.diag([1.0, np.sign(np.linalg.det(right.T @ left.T))])
    turn = right.T @ flip @ left.T * (there.std() / here.std())
    return np.column_stack([turn, middles[1] - turn @ middles[0]])
