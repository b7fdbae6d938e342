"""Where the skin of a frame that lends is shown: around the lips, and within the face."""

import cv2
import numpy as np

from .warp import NODES, enlarge, extent, smoothstep

FULL, END = 0.08, 0.24
"""Distances from the lips, in mouth widths, to which lent skin is whole and at which it ends."""

CLOSED_BY, MORE, MOST = 0.1, 1.3, 0.5
"""Where a mouth is drawn less open than it is, by more than the first, skin is lent from further
around: for each mouth width of it so much, up to the last. What the frame itself shows there is
squeezed lip, or a cheek's crease."""

EDGE, WITHIN = 0.12, 0.24
"""Distances from the face's edge, in mouth widths: up to the first no skin is lent, from the second
on as much as elsewhere. Beyond the edge the frame that lends may show an ear, and this one a wall.
"""

KEPT, LEFT = 0.02, 0.12
"""Distances from the lips, in mouth widths, up to which skin is lent all the same, and from which
on it is not: the edge of a turned head is near the lips."""

SHARP, SQUEEZED = 1.6, 2.4
"""How much longer skin is where it is lent than where it is shown: up to the first it is shown,
from the second on it is not. On the far cheek of a turned head hair would become lines."""


def further(own: float, drawn: float) -> float:
    """Say how much further skin is lent around a mouth that is drawn less open than it is.

    Args:
        own: How open it is, in mouth widths at rest.
        drawn: How open it is drawn.

    Returns:
        Mouth widths.
    """
    return float(np.clip(MORE * (own - drawn - CLOSED_BY), 0, MOST))


def away(outline: np.ndarray, width_px: float, box: tuple[slice, slice]) -> np.ndarray:
    """Measure how far from the lips the places of a box are.

    Args:
        outline: The lips' outer contour, [N, 2], in patch pixels.
        width_px: The mouth's width at rest.
        box: Rows and columns of a box of h x w pixels.

    Returns:
        Mouth widths, [h, w] float32; 0 on the lips.
    """
    outside = np.full(extent(box), 255, np.uint8)
    cv2.fillPoly(outside, [_sixteenths(outline, box)], 0, cv2.LINE_8, 4)
    return np.asarray(cv2.distanceTransform(outside, cv2.DIST_L2, 5) / width_px)


def squeezed(fields: np.ndarray, size_px: int, box: tuple[slice, slice]) -> np.ndarray:
    """Measure how much skin is squeezed where it is lent.

    Args:
        fields: The displacements by which it is warped, [N, NODES, NODES, 2], in patch pixels.
        size_px: Side of the patch.
        box: Rows and columns of a box of h x w pixels.

    Returns:
        By how much what is lent is longer than where it is shown, along the rows or the columns,
        the most of all fields, [h, w] float32; 1 is not at all.
    """
    down, right = np.gradient(fields, size_px / NODES, axis=(1, 2))
    lengths = np.linalg.norm(np.stack([right + [1, 0], down + [0, 1]]), axis=-1)
    return enlarge(lengths.max((0, 1)).astype(np.float32), size_px, box)


def shown(
    face: np.ndarray,
    away: np.ndarray,
    squeezed: np.ndarray,
    more: float,
    width_px: float,
    box: tuple[slice, slice],
) -> np.ndarray:
    """Say how far lent skin counts against the frame's own.

    Args:
        face: The mesh that is drawn, [468, 2], in patch pixels.
        away: See `away`, [h, w].
        squeezed: See `squeezed`, [h, w].
        more: See `further`.
        width_px: The mouth's width at rest.
        box: Rows and columns of the box.

    Returns:
        0 to 1, [h, w] float32.
    """
    near = smoothstep((END + more - away) / (END - FULL))
    shown = smoothstep((_within(face, width_px, box) - EDGE) / (WITHIN - EDGE))
    shown *= smoothstep((SQUEEZED - squeezed) / (SQUEEZED - SHARP))
    return near * np.maximum(shown, smoothstep((LEFT - away) / (LEFT - KEPT)))


def _within(face: np.ndarray, width_px: float, box: tuple[slice, slice]) -> np.ndarray:
    """How far each place of a box lies within a face's edge, in mouth widths, [h, w] float32."""
    inside = np.zeros(extent(box), np.uint8)
    edge = cv2.convexHull(_sixteenths(face, box))
    cv2.fillConvexPoly(inside, edge, 255, cv2.LINE_8, 4)
    return np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 5) / width_px)


def _sixteenths(points: np.ndarray, box: tuple[slice, slice]) -> np.ndarray:
    """Points of a patch in a box, in sixteenths of pixels, [N, 2] int32."""
    rows, columns = box
    return np.round((points - [columns.start, rows.start]) * 16).astype(np.int32)
