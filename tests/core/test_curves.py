"""The filters of curves are SciPy's."""

import numpy as np
import pytest
from scipy import ndimage

from mouthpiece.core import curves


@pytest.mark.parametrize("frames", [1, 2, 7, 90])
@pytest.mark.parametrize("sigma_frames", [0.3, 0.75, 2.0, 6.0])
def test_gaussian(frames: int, sigma_frames: float) -> None:
    values = np.random.default_rng(frames).normal(size=(frames, 3))
    found = curves.gaussian(values, sigma_frames)
    wanted = ndimage.gaussian_filter1d(values, sigma_frames, axis=0, mode="nearest")
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    mirrored = curves.gaussian(values[:, 0], sigma_frames, "symmetric")
    np.testing.assert_allclose(
        mirrored, ndimage.gaussian_filter1d(values[:, 0], sigma_frames), atol=1e-12
    )


@pytest.mark.parametrize("frames", [1, 4, 60])
@pytest.mark.parametrize("window_frames", [1, 7, 9])
def test_median_and_swing(frames: int, window_frames: int) -> None:
    values = np.random.default_rng(frames).normal(size=frames)
    wanted = ndimage.median_filter(values, window_frames, mode="nearest")
    np.testing.assert_array_equal(curves.median(values, window_frames), wanted)
    most = ndimage.maximum_filter1d(values, window_frames, mode="nearest")
    least = ndimage.minimum_filter1d(values, window_frames, mode="nearest")
    np.testing.assert_array_equal(curves.swing(values, window_frames), most - least)
