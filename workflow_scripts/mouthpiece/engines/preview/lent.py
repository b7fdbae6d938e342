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


HELD = 0.25
"""The distance from the face's edge, in mouth widths, from which on its skin goes with the lips."""


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


def fit(fields: np.ndarray, skin: np.ndarray, size_px: int, box: tuple[slice, slice]) -> np.ndarray:
    """Measure how fit for being shown what is lent is: skin, and not squeezed.

    Args:
        fields: The displacements by which it is warped, [N, NODES, NODES, 2] float32, in patch
            pixels.
        skin: Where the frame that lends shows skin, [NODES, NODES] float32, see `skin_of`.
        size_px: Side of the patch.
        box: Rows and columns of a box of h x w pixels.

    Returns:
        0 to 1, the least of all fields, [h, w] float32.
    """
    grid = fields * np.float32(NODES / size_px)
    longest = np.ones((NODES, NODES), np.float32)
    across, down = np.diff(grid, axis=2), np.diff(grid, axis=1)
    longest[:, :-1] = _longest(across[..., 0] + 1, across[..., 1])
    np.maximum(longest[:-1], _longest(down[..., 0], down[..., 1] + 1), out=longest[:-1])
    least = smoothstep((SQUEEZED - longest) / (SQUEEZED - SHARP))
    place = np.arange(NODES, dtype=np.float32)
    for field in grid:
        x, y = field[..., 0] + place, field[..., 1] + place[:, None]
        np.minimum(least, cv2.remap(skin, x, y, cv2.INTER_LINEAR), out=least)
    return enlarge(least, size_px, box)


def skin_of(face: np.ndarray, width_px: float, size_px: int) -> np.ndarray:
    """Say where a frame that lends shows skin, and not what is beside its face.

    Args:
        face: Its mesh, [468, 2], in patch pixels.
        width_px: The mouth's width at rest.
        size_px: Side of the patch.

    Returns:
        0 to 1, on the grid's nodes, [NODES, NODES] float32.
    """
    return _off_edge(_within_grid(_on_grid(face, size_px), width_px * NODES / size_px))


def shown(
    face: np.ndarray,
    away: np.ndarray,
    fit: np.ndarray,
    more: float,
    width_px: float,
    box: tuple[slice, slice],
) -> np.ndarray:
    """Say how far lent skin counts against the frame's own.

    Args:
        face: The mesh that is drawn, [468, 2], in patch pixels.
        away: See `away`, [h, w].
        fit: See `fit`, [h, w].
        more: See `further`.
        width_px: The mouth's width at rest.
        box: Rows and columns of the box.

    Returns:
        0 to 1, [h, w] float32.
    """
    near = smoothstep((END + more - away) / (END - FULL))
    shown = _off_edge(_within(face, width_px, box))
    return near * np.maximum(np.minimum(shown, fit), smoothstep((LEFT - away) / (LEFT - KEPT)))


def held(face: np.ndarray, width_px: float, size_px: int) -> np.ndarray:
    """Say how far a frame's own skin is held where it is while the mouth moves.

    The outline of a cheek beside the lips does not move with them, nor what is behind it; that of
    the chin does.

    Args:
        face: The mesh that is drawn, [468, 2], in patch pixels.
        width_px: The mouth's width at rest.
        size_px: Side of the patch.

    Returns:
        0 to 1, on the grid's nodes, [NODES, NODES] float32.
    """
    face = _on_grid(face, size_px)
    inside = _within_grid(face, width_px * NODES / size_px)
    lips, chin = face[[61, 291], 1].mean(), face[152, 1]
    above = (chin - np.arange(NODES, dtype=np.float32)) / max(chin - lips, 1.0)
    return (1 - smoothstep(inside / HELD)) * smoothstep(2 * above - 1)[:, None]


def _within(face: np.ndarray, width_px: float, box: tuple[slice, slice]) -> np.ndarray:
    """How far each place of a box lies within a face's edge, in mouth widths, [h, w] float32."""
    inside = np.zeros(extent(box), np.uint8)
    edge = cv2.convexHull(_sixteenths(face, box))
    cv2.fillConvexPoly(inside, edge, 255, cv2.LINE_8, 4)
    return np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 5) / width_px)


def _on_grid(points: np.ndarray, size_px: int) -> np.ndarray:
    """Points of a patch in steps of the grid of nodes, [..., 2]; see `warp.nodes`."""
    return np.asarray((points + 0.5) * (NODES / size_px) - 0.5)


def _within_grid(face: np.ndarray, width: float) -> np.ndarray:
    """How far each node lies within a face's edge; both in steps of the grid. See `_within`."""
    return _within(face, width, (slice(0, NODES), slice(0, NODES)))


def _longest(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The greatest lengths of vectors [N, h, w], [h, w]."""
    return np.asarray(np.sqrt((x * x + y * y).max(0)))


def _off_edge(inside: np.ndarray) -> np.ndarray:
    """How far lent skin counts so far within a face's edge."""
    return smoothstep((inside - EDGE) / (WITHIN - EDGE))


def _sixteenths(points: np.ndarray, box: tuple[slice, slice]) -> np.ndarray:
    """Points of a patch in a box, in sixteenths of pixels, [N, 2] int32."""
    rows, columns = box
    return np.round((points - [columns.start, rows.start]) * 16).astype(np.int32)
