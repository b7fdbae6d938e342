"""Upright boxes of faces: (x1, y1, x2, y2) in picture pixels, x2 and y2 exclusive.

No face is four zeros.
"""

import numpy as np


def around(points: np.ndarray) -> np.ndarray:
    """Find the box around each mesh: what a detector would give.

    Args:
        points: [T, 468, 2 or 3].

    Returns:
        [T, 4] float, not finite where the mesh is not.
    """
    return np.concatenate([points[..., :2].min(1), points[..., :2].max(1)], axis=1)


def exists(boxes: np.ndarray) -> np.ndarray:
    """Tell which boxes hold a face.

    Args:
        boxes: [T, 4].

    Returns:
        [T] bool.
    """
    return np.asarray((boxes[:, 2:] > boxes[:, :2]).all(1))


def to_picture(boxes: np.ndarray, side_px: int) -> np.ndarray:
    """Find the affines from the pixels of a square to the boxes in the picture.

    Pixel centres are at integers, so that a resize by cv2 and a warp by these agree.

    Args:
        boxes: [T, 4].
        side_px: Side of the square.

    Returns:
        [T, 2, 3] float64.
    """
    boxes = boxes.astype(np.float64)
    scale = (boxes[:, 2:] - boxes[:, :2]) / side_px
    affines = np.zeros((len(boxes), 2, 3))
    affines[:, 0, 0], affines[:, 1, 1] = scale[:, 0], scale[:, 1]
    affines[:, :, 2] = boxes[:, :2] + scale / 2 - 0.5
    return affines
