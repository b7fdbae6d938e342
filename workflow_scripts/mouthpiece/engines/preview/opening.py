"""The opening between the lips: its halves, its area and its heights."""

import cv2
import numpy as np

from . import shape


def contours(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pick the halves of the inner lip contours.

    Args:
        points: A mesh, [468, 2 or 3].

    Returns:
        The upper and the lower half, [11, 2 or 3] each.
    """
    return points[list(shape.UPPER_INNER)], points[list(shape.LOWER_INNER)]


def area(
    upper: np.ndarray, lower: np.ndarray, shape_px: tuple[int, int], blur_px: float
) -> np.ndarray:
    """Draw the area between two contour halves, its edge soft.

    Args:
        upper: [11, 2], in pixels.
        lower: [11, 2].
        shape_px: Rows and columns of the result.
        blur_px: Standard deviation of the blur of its edge.

    Returns:
        [h, w] float32 in [0, 1].
    """
    bottom = np.column_stack([lower[:, 0], np.maximum(lower[:, 1], upper[:, 1])])
    polygon = np.concatenate([upper, bottom[::-1]])
    inside = np.zeros(shape_px, np.uint8)
    cv2.fillPoly(inside, [np.round(polygon * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    soft = inside.astype(np.float32) / 255
    return cv2.GaussianBlur(soft, (0, 0), blur_px) if blur_px > 0 else soft


def heights(contour: np.ndarray, size_px: int) -> np.ndarray:
    """Read a contour's y over each column of a patch; level beyond its ends.

    Args:
        contour: [11, 2], in pixels.
        size_px: S, side of the patch.

    Returns:
        [S] float32.
    """
    order = np.argsort(contour[:, 0], kind="stable")
    return np.interp(np.arange(size_px), contour[order, 0], contour[order, 1]).astype(np.float32)
