"""What patches look like, in two figures: how sharp they are, and how much they flicker."""

import cv2
import numpy as np

from .patch_set import PatchSet

LUMA = (0.2126, 0.7152, 0.0722)

FLICKER_SIDE_PX = 64
"""Pixels of a patch's longer side that flicker is looked for with: what is finer is grain."""


def sharpness(patches: PatchSet) -> float:
    """The Laplacian of luma within the masks: its standard deviation, in levels of 255."""
    spreads = []
    for i in np.flatnonzero(patches.alpha > 0):
        inside = patches.masks[i] > 127
        if inside.any():
            edges = cv2.Laplacian(_luma(patches.pixels[i]), cv2.CV_32F)
            spreads.append(float(edges[inside].std()))
    return float(np.mean(spreads)) if spreads else 0.0


def flicker(patches: PatchSet) -> float:
    """How much luma leaps to and fro from frame to frame, in levels of 255.

    The root mean square of its second difference over time, of the middling spot within the masks:
    a mouth that speaks takes fewer than half of them, and does not count. 0 where no three frames
    in a row are drawn.
    """
    drawn = patches.alpha > 0
    threes = np.flatnonzero(drawn[:-2] & drawn[1:-1] & drawn[2:])
    if not len(threes):
        return 0.0
    seen = np.stack([_reduced(_luma(pixels)) for pixels in patches.pixels])
    inside = np.stack([_reduced(mask.astype(np.float32)) for mask in patches.masks])
    leaps = (seen[threes] - 2 * seen[threes + 1] + seen[threes + 2]) ** 2
    within = inside[drawn].min(0) > 127
    return float(np.median(np.sqrt(leaps.mean(0))[within])) if within.any() else 0.0


def _luma(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) @ np.array(LUMA, np.float32)


def _reduced(image: np.ndarray) -> np.ndarray:
    factor = max(1.0, max(image.shape) / FLICKER_SIDE_PX)
    size = tuple(max(1, round(side / factor)) for side in image.shape[::-1])
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
