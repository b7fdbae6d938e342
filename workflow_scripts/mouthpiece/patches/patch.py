"""A patch: what an engine drew for one frame, and where it belongs in the picture."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

RIM_PX = 16
"""Patch pixels kept around a mask: what sampling between pixels, and shrinking, may look at."""


@dataclass(frozen=True)
class Patch:
    """What is drawn of one frame.

    Attributes:
        pixels: RGB, [H, W, 3] uint8.
        mask: [H, W] uint8; 0 keeps the picture, 255 takes the patch.
        affine: [2, 3] float64, patch pixels (x, y, 1) to picture pixels; pixel centres are at
            integers.
        alpha: Weight of the whole patch, 0 to 1; 0 keeps the picture.
    """

    pixels: np.ndarray
    mask: np.ndarray
    affine: np.ndarray
    alpha: float

    def __post_init__(self) -> None:
        expected = {"pixels": (*self.mask.shape[:2], 3), "affine": (2, 3)}
        for name, shape in expected.items():
            found = getattr(self, name).shape
            if found != shape:
                raise ValueError(f"patch: {name} has shape {found}, expected {shape}")


@dataclass(frozen=True)
class Extent:
    """The rows and columns of a patch that are kept.

    Attributes:
        rows: First row and end, both even where the patch's edge allows it.
        columns: First column and end, as `rows`.
    """

    rows: slice
    columns: slice

    @classmethod
    def of_bounds(cls, bounds: np.ndarray, height: int, width: int) -> "Extent":
        """Keep what masks take, and a rim.

        Args:
            bounds: What `mask_bounds` found, [4].
            height: The patch's rows.
            width: The patch's columns.

        Returns:
            The extent, within the patch.
        """
        top, bottom, left, right = (int(bound) for bound in bounds)
        return cls(_with_rim(top, bottom, height), _with_rim(left, right, width))

    def crop(self, patch: Patch) -> Patch:
        """Cut a patch.

        Args:
            patch: The whole patch.

        Returns:
            The part of it, in the same place of the picture.
        """
        return replace(
            patch,
            pixels=patch.pixels[self.rows, self.columns],
            mask=patch.mask[self.rows, self.columns],
            affine=self.crop_affine(patch.affine),
        )

    def crop_affine(self, affine: np.ndarray) -> np.ndarray:
        """Move the origin of an affine to the extent's first pixel.

        Args:
            affine: The whole patch's, [..., 2, 3].

        Returns:
            The affine of the part, [..., 2, 3].
        """
        shift = affine @ np.array([self.columns.start, self.rows.start, 1.0])
        return np.concatenate([affine[..., :2], shift[..., None]], -1)


def mask_bounds(mask: np.ndarray) -> np.ndarray:
    """Find the rows and columns of a mask that are not zero throughout.

    Args:
        mask: [H, W].

    Returns:
        First row, end row, first column, end column, [4] int32; zeros where the mask is zero.
    """
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    if not len(rows):
        return np.zeros(4, np.int32)
    return np.array([rows[0], rows[-1] + 1, columns[0], columns[-1] + 1], np.int32)


def mask_extent(mask: np.ndarray) -> Extent | None:
    """Find the part of a patch that its mask takes.

    Args:
        mask: [H, W].

    Returns:
        The part and a rim; None where the mask is zero throughout.
    """
    return bounds_extent([mask_bounds(mask)], *mask.shape[:2])


def bounds_extent(bounds: Iterable[np.ndarray], height: int, width: int) -> Extent | None:
    """Find the part of patches of one size that any of their masks takes.

    Args:
        bounds: What `mask_bounds` found of each.
        height: The patches' rows.
        width: The patches' columns.

    Returns:
        The part and a rim; None where all masks are zero.
    """
    used = [one for one in bounds if one[1] > one[0]]
    if not used:
        return None
    table = np.stack(used)
    low, high = table.min(0), table.max(0)
    return Extent.of_bounds(np.array([low[0], high[1], low[2], high[3]]), height, width)


def _with_rim(first: int, end: int, size: int) -> slice:
    """The range, and `RIM_PX` around it, on even pixels."""
    return slice(max(0, first - RIM_PX) // 2 * 2, min(size, -(-(end + RIM_PX) // 2) * 2))
