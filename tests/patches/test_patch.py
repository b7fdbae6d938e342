import numpy as np
import pytest

from mouthpiece.patches.patch import RIM_PX, Patch, bounds_extent, mask_bounds, mask_extent

SIZE = (100, 120)


def mask_of(rows: slice, columns: slice) -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    mask[rows, columns] = 7
    return mask


def test_shapes_must_agree() -> None:
    pixels, mask = np.zeros((4, 6, 3), np.uint8), np.zeros((4, 6), np.uint8)
    Patch(pixels, mask, np.eye(2, 3), 1.0)
    with pytest.raises(ValueError, match="pixels has shape"):
        Patch(pixels[:3], mask, np.eye(2, 3), 1.0)
    with pytest.raises(ValueError, match="affine has shape"):
        Patch(pixels, mask, np.eye(3), 1.0)


def test_an_extent_holds_the_mask_and_a_rim_on_even_pixels() -> None:
    extent = mask_extent(mask_of(slice(41, 44), slice(30, 31)))
    assert extent is not None
    assert (extent.rows, extent.columns) == (slice(24, 60), slice(14, 48))
    assert extent.rows.start <= 41 - RIM_PX and extent.rows.stop >= 44 + RIM_PX


def test_an_extent_ends_where_the_patch_does() -> None:
    extent = mask_extent(mask_of(slice(3, 99), slice(0, 120)))
    assert extent is not None
    assert (extent.rows, extent.columns) == (slice(0, 100), slice(0, 120))


def test_an_extent_of_several_masks_holds_all() -> None:
    masks = [mask_of(slice(40, 44), slice(50, 54)), mask_of(slice(0, 0), slice(0, 0)),
             mask_of(slice(60, 61), slice(20, 22))]  # fmt: skip
    found = bounds_extent(map(mask_bounds, masks), *SIZE)
    assert found == mask_extent(np.max(masks, axis=0))


def test_empty_masks_have_no_extent() -> None:
    nothing = np.zeros(SIZE, np.uint8)
    assert mask_extent(nothing) is None
    assert bounds_extent([mask_bounds(nothing)] * 2, *SIZE) is None
    assert bounds_extent([], *SIZE) is None


def test_a_cropped_patch_stays_in_its_place() -> None:
    random = np.random.default_rng(1)
    pixels = random.integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    whole = Patch(pixels, mask_of(slice(50, 60), slice(70, 80)), random.normal(size=(2, 3)), 0.5)
    extent = mask_extent(whole.mask)
    assert extent is not None
    part = extent.crop(whole)
    row, column = extent.rows.start, extent.columns.start
    np.testing.assert_array_equal(part.pixels[5, 9], pixels[row + 5, column + 9])
    np.testing.assert_array_equal(part.mask[5, 9], whole.mask[row + 5, column + 9])
    place = part.affine @ np.array([9, 5, 1.0])
    np.testing.assert_allclose(place, whole.affine @ np.array([column + 9, row + 5, 1.0]))
    assert part.alpha == 0.5
