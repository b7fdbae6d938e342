"""Dense smooth displacement fields from scattered points: thin-plate splines.

Bookstein, "Principal Warps: Thin-Plate Splines and the Decomposition of Deformations", PAMI 11(6),
1989. A field is evaluated on a coarse grid and enlarged, since it is smooth.
"""

from functools import cache

import cv2
import numpy as np

NODES = 64
"""Grid nodes along each side of a patch."""

STIFFNESS = 1e-4
"""Regularisation, relative to the kernel's scale: noise of single points is not followed."""


LEAST = 1e-9
"""The least squared distance of which a logarithm is taken, in squared sides of a patch."""


class Spline:
    """The spline through some points of a patch, ready to carry them to several places."""

    def __init__(self, centres: np.ndarray, size_px: int) -> None:
        """Prepare the system of equations.

        Args:
            centres: The points, [N, 2], in patch pixels.
            size_px: Side of the patch.
        """
        count = len(centres)
        self._size_px = size_px
        self._centres = (centres / size_px).astype(np.float32)
        places = _terms(self._centres)
        self._system = np.zeros((count + 3, count + 3))
        self._system[:count, :count] = _kernel(self._centres, places)
        self._system[:count, :count] += STIFFNESS * np.eye(count)
        self._system[count:, :count] = places[:3]
        self._system[:count, count:] = places[:3].T

    def field(self, places: np.ndarray) -> np.ndarray:
        """Find where to sample so that the centres show what lies at other places.

        Args:
            places: What they shall show, [..., N, 2], in patch pixels.

        Returns:
            Displacement fields, [..., NODES, NODES, 2] float32, in patch pixels.
        """
        count = len(self._centres)
        shifts = places - self._centres * self._size_px
        wanted = np.zeros((count + 3, *shifts.shape[:-2], 2))
        wanted[:count] = np.moveaxis(shifts, -2, 0)
        weights = np.linalg.solve(self._system, wanted.reshape(count + 3, -1)).astype(np.float32)
        grid = _grid(self._size_px)
        values = _kernel(self._centres, grid).T @ weights[:count]
        values += grid[:3].T @ weights[count:]
        return np.moveaxis(values.reshape(NODES, NODES, *shifts.shape[:-2], 2), (0, 1), (-3, -2))


@cache
def _grid(size_px: int) -> np.ndarray:
    """The terms of the nodes, whose places are shares of a patch's side, [4, NODES * NODES]."""
    step = (np.arange(NODES, dtype=np.float32) + 0.5) / NODES - 0.5 / size_px
    return _terms(np.stack(np.meshgrid(step, step), -1).reshape(-1, 2))


def _terms(places: np.ndarray) -> np.ndarray:
    """1, x, y and x * x + y * y of some places [N, 2]; [4, N] float32."""
    return np.stack([np.ones(len(places), np.float32), *places.T, (places**2).sum(1)])


def _kernel(centres: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """The splines of some centres [N, 2] at places of which the terms are known; [N, M] float32."""
    of_centres = np.column_stack(
        [(centres**2).sum(1), -2 * centres, np.ones(len(centres), np.float32)]
    )
    squared = of_centres @ terms
    np.maximum(squared, LEAST, out=squared)
    squared *= cv2.log(squared)
    return squared


def nodes(size_px: int) -> np.ndarray:
    """Say where a coarse field's nodes lie.

    Args:
        size_px: Side of the patch.

    Returns:
        The places along a side, [NODES] float32, in patch pixels.
    """
    return ((np.arange(NODES, dtype=np.float32) + 0.5) * size_px / NODES - 0.5).astype(np.float32)


def enlarge(field: np.ndarray, size_px: int, box: tuple[slice, slice] | None = None) -> np.ndarray:
    """Evaluate a coarse field at every pixel.

    Args:
        field: [NODES, NODES, C], C up to 4.
        size_px: S, side of the patch.
        box: Rows and columns of a box in it; None: all.

    Returns:
        [S, S, C], or the box.
    """
    if box is None:
        return cv2.resize(field, (size_px, size_px), interpolation=cv2.INTER_LINEAR)
    rows, columns = box
    step = NODES / size_px
    x, y = ((first + 0.5) * step - 0.5 for first in (columns.start, rows.start))
    return cv2.warpAffine(
        field,
        np.array([[step, 0, x], [0, step, y]]),
        (columns.stop - columns.start, rows.stop - rows.start),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def sample(image: np.ndarray, field: np.ndarray, corner: tuple[int, int] = (0, 0)) -> np.ndarray:
    """Sample an image at a field's places.

    Args:
        image: [H, W, 3].
        field: Displacements of a box of pixels, [h, w, 2].
        corner: Where the box's first pixel lies in the image, (x, y).

    Returns:
        [h, w, 3], of the image's type.
    """
    height, width = field.shape[:2]
    x = np.arange(corner[0], corner[0] + width, dtype=np.float32)
    y = np.arange(corner[1], corner[1] + height, dtype=np.float32)
    return cv2.remap(
        image,
        field[..., 0] + x,
        field[..., 1] + y[:, None],
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )


def read(image: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Read an image at some places, linearly; beyond its edge the edge goes on.

    Args:
        image: [H, W, C].
        places: [N, M, 2] float32, in pixels.

    Returns:
        [N, M, C], of the image's type.
    """
    return cv2.remap(
        image, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def around(points: np.ndarray, margin_px: float, size_px: int) -> tuple[slice, slice]:
    """Find the box around points within a square picture.

    Args:
        points: [N, 2], in pixels.
        margin_px: How much there is around them.
        size_px: The picture's side.

    Returns:
        Rows and columns, 2 at least.
    """
    low = np.clip(np.floor(points.min(0) - margin_px), 0, size_px - 2).astype(int)
    high = np.clip(np.ceil(points.max(0) + margin_px) + 1, low + 2, size_px).astype(int)
    return slice(low[1], high[1]), slice(low[0], high[0])


def extent(box: tuple[slice, slice]) -> tuple[int, int]:
    """Say how many rows and columns a box has.

    Args:
        box: Rows and columns.

    Returns:
        Their numbers.
    """
    return box[0].stop - box[0].start, box[1].stop - box[1].start


def smoothstep(value: np.ndarray | float) -> np.ndarray:
    """Ease from 0 to 1, level at both ends.

    Args:
        value: Any shape.

    Returns:
        Of the same shape, float32: 0 up to 0, 1 from 1 on.
    """
    share = np.clip(np.asarray(value, np.float32), 0, 1)
    return share * share * (3 - 2 * share)
