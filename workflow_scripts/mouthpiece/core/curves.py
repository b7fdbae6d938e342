"""Filters of curves over time.

SciPy has them too (`scipy.ndimage`), and takes half a second to import, which every job of a cut
would pay.
"""

from typing import Literal

import numpy as np

REACH = 4.0
"""Standard deviations after which a Gaussian is cut off."""


def gaussian(
    values: np.ndarray, sigma_frames: float, ends: Literal["edge", "symmetric"] = "edge"
) -> np.ndarray:
    """Smooth curves.

    Args:
        values: [T, ...] float.
        sigma_frames: Standard deviation of the kernel, in frames, above 0.
        ends: What lies beyond the ends: the last value held, or the curve mirrored.

    Returns:
        The smoothed curves, [T, ...] float64.
    """
    reach = int(REACH * sigma_frames + 0.5)
    kernel = np.exp(-0.5 * (np.arange(reach + 1) / sigma_frames) ** 2)
    kernel /= kernel[0] + 2 * kernel[1:].sum()
    held = _longer(values.astype(np.float64), reach, ends)
    smooth = kernel[0] * held[reach : reach + len(values)]
    for step, weight in enumerate(kernel[1:], 1):
        before, after = (held[reach + at : reach + at + len(values)] for at in (-step, step))
        smooth += weight * (before + after)
    return smooth


def median(values: np.ndarray, window_frames: int) -> np.ndarray:
    """Take the median of the frames around each.

    Args:
        values: [T] float.
        window_frames: How many frames count, an odd number. Beyond the ends the last value holds.

    Returns:
        [T] float.
    """
    return np.asarray(np.median(_windows(values, window_frames), axis=1))


def swing(values: np.ndarray, window_frames: int) -> np.ndarray:
    """Measure how far a curve moves around each frame.

    Args:
        values: [T] float.
        window_frames: How many frames count, an odd number. Beyond the ends the last value holds.

    Returns:
        The greatest value around each frame less the least, [T] float.
    """
    return np.asarray(np.ptp(_windows(values, window_frames), axis=1))


def _windows(values: np.ndarray, frames: int) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(_longer(values, frames // 2, "edge"), frames)


def _longer(values: np.ndarray, frames: int, ends: Literal["edge", "symmetric"]) -> np.ndarray:
    """Curves with so many frames added at each end."""
    return np.pad(values, [(frames, frames)] + [(0, 0)] * (values.ndim - 1), mode=ends)
