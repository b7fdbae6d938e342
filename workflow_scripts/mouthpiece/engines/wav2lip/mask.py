"""What of a drawn face is taken: the lower face, without what the network was shown anyway."""

from typing import Literal

import cv2
import numpy as np

from .network import SIDE_PX

JAW = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)
"""The mesh's points along the jaw, from ear to ear."""

NOSE_BASE = (98, 2, 327)
"""Those under the nose."""

DROP = 0.06
"""How far the chin may fall below the source's, as a share of the box's height."""

HIDDEN_ROW = SIDE_PX // 2
"""The first row that the network is not shown."""


def draw(points: np.ndarray, kind: Literal["face", "box"], feather: float) -> np.ndarray:
    """Draw a mask. It fades inwards at its edge.

    Args:
        points: The face mesh in pixels of the patch, [468, 2].
        kind: "face": what lies within the jaw and under the nose. "box": all, as upstream.
        feather: How wide the edge is, as a share of the side; 0 leaves it hard.

    Returns:
        [96, 96] uint8, 255 where the patch is taken.
    """
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX].astype(np.float64)
    sides = [columns, SIDE_PX - 1 - columns, rows, SIDE_PX - 1 - rows]
    inside = np.minimum.reduce(sides) + 0.5
    if kind == "face":
        inside = np.minimum(inside, rows - HIDDEN_ROW + 0.5)
        inside = np.minimum(inside, _within(_outline(points), columns, rows))
    width = feather * SIDE_PX
    if not width:
        return np.where(inside > 0, 255, 0).astype(np.uint8)
    share = np.clip(inside / width, 0, 1)
    return np.rint(255 * share * share * (3 - 2 * share)).astype(np.uint8)


def _outline(points: np.ndarray) -> np.ndarray:
    """The corners of the convex region that is redrawn, [N, 2]."""
    jaw = points[list(JAW)]
    below = jaw + [0, DROP * SIDE_PX]
    corners = np.concatenate([jaw, below, points[list(NOSE_BASE)]]).astype(np.float32)
    return np.asarray(cv2.convexHull(corners)[:, 0], np.float64)


def _within(corners: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far places [H, W] lie within a convex polygon, negative outside."""
    along = np.roll(corners, -1, axis=0) - corners
    long = np.hypot(*along.T)
    corners, along, long = corners[long > 0], along[long > 0], long[long > 0]
    area = (corners[:, 0] * along[:, 1] - corners[:, 1] * along[:, 0]).sum()
    inwards = np.stack([-along[:, 1], along[:, 0]], -1) * np.sign(area) / long[:, None]
    offsets = (corners * inwards).sum(1)
    places = np.stack([x, y], -1) @ inwards.T - offsets
    return np.asarray(places.min(-1))
