"""The light on lent skin: by how much a frame's own skin is lighter or darker than the lent one."""

import cv2
import numpy as np

from . import looks
from .canvas import Canvas
from .lent import END, FULL
from .warp import smoothstep

LIGHT_STEP, LIGHT_REACH = 0.08, 0.25
"""Light is smooth: it is worked out once in so many mouth widths, from places that count by a
Gaussian of this standard deviation."""

OTHER = 24.0
"""Where the frame's own skin differs from lent skin by more than this, in levels of 255, it is no
other light: it is hair, a collar or what is behind the face."""


def beside_lips(
    canvas: Canvas, frame: int, outline: np.ndarray, extent: tuple[int, int]
) -> np.ndarray:
    """Find the light by which skin beside the lips differs from that of the frame that lends.

    Args:
        canvas: The cut's canvas.
        frame: The frame.
        outline: The lips' outer contour in a box, [N, 2], in its pixels.
        extent: The box's rows and columns, h and w.

    Returns:
        What the lent skin lacks, smooth, [h, w, 3] float32.
    """
    places = looks.beside(outline, canvas.width_px).astype(np.float32)
    change = canvas.skin[frame] - canvas.skin[canvas.lender]
    height, width = extent
    rows, columns = _light_grid(height, width, canvas.width_px)
    x = (np.arange(columns, dtype=np.float32) + 0.5) * width / columns
    y = (np.arange(rows, dtype=np.float32) + 0.5) * height / rows
    away = (x[None, :, None] - places[:, 0]) ** 2 + (y[:, None, None] - places[:, 1]) ** 2
    share = np.exp(-away / (2 * (LIGHT_REACH * canvas.width_px) ** 2)) + 1e-6
    coarse = (share @ change) / share.sum(-1, keepdims=True)
    return cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


def at_rim(
    change: np.ndarray, near: np.ndarray, away: np.ndarray, more: float, width_px: float
) -> np.ndarray:
    """Find the light that lent skin lacks where it ends, far from the lips.

    Beside the lips it has the frame's light (`beside_lips`); on cheeks and chin light may fall in
    another way than in the frame that lends.

    Args:
        change: By how much the frame's own skin differs from the lent one, [h, w, 3].
        near: How far lent skin counts, [h, w].
        away: How far from the lips it is, in mouth widths, [h, w].
        more: How much further than usual it is lent, in mouth widths.
        width_px: The mouth's width at rest.

    Returns:
        What the lent skin lacks, smooth, [h, w, 3] float32.
    """
    height, width = near.shape
    coarse = _light_grid(height, width, width_px)[::-1]
    small, rim = (
        cv2.resize(one, coarse, interpolation=cv2.INTER_AREA) for one in (change, near * (1 - near))
    )
    counts = rim * (np.abs(small).max(-1) < OTHER)
    reach = LIGHT_REACH / LIGHT_STEP
    total = cv2.GaussianBlur(counts, (0, 0), reach)[..., None] + 1e-6
    light = cv2.GaussianBlur(small * counts[..., None], (0, 0), reach) / total
    share = smoothstep(away / (FULL + more)) * smoothstep(more / END)
    return share[..., None] * cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)


def _light_grid(height: int, width: int, width_px: float) -> tuple[int, int]:
    """Rows and columns in which the light on a box is worked out."""
    step = LIGHT_STEP * width_px
    return max(2, round(height / step)), max(2, round(width / step))
