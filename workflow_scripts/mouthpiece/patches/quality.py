"""Quality metrics of a draft: how sharp its patches are, and how much they flicker."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from .patch import Patch

LUMA = (0.2126, 0.7152, 0.0722)
"""Weights of R, G and B (ITU-R BT.709)."""

FLICKER_SIDE_PX = 64
"""Pixels of a patch's longer side that flicker is looked for with: what is finer is grain."""

INSIDE = 127
"""What is within a mask lies above this."""


@dataclass(frozen=True)
class Quality:
    """What a draft looks like.

    Attributes:
        sharpness: Standard deviation of the Laplacian of luma within the masks, in levels of 255,
            mean over the frames that are drawn; 0 where nothing is drawn.
        flicker: How much luma goes up and down from frame to frame, in levels of 255: the root mean
            square of its second difference over time, of the median spot within the masks. A mouth
            that speaks takes fewer than half of the spots, and does not count. 0 where no three
            frames in a row are drawn.
    """

    sharpness: float
    flicker: float


def measure_quality(patches: Iterable[Patch]) -> Quality:
    """Measure a draft, in one pass; three frames are held, much reduced.

    Args:
        patches: One a frame, in order, all of one size.

    Returns:
        The metrics.
    """
    sharpness, flicker = [], _Flicker()
    for patch in patches:
        luma = patch.pixels.astype(np.float32) @ np.array(LUMA, np.float32)
        inside = patch.mask > INSIDE
        if patch.alpha > 0 and inside.any():
            edges = cv2.Laplacian(luma, cv2.CV_32F)
            sharpness.append(float(edges[inside].std()))
        flicker.add(patch, luma)
    return Quality(float(np.mean(sharpness)) if sharpness else 0.0, flicker.level())


class _Flicker:
    """See `Quality.flicker`."""

    def __init__(self) -> None:
        self._last: deque[np.ndarray] = deque(maxlen=3)
        self._threes = 0
        self._leaps: np.ndarray | None = None
        self._least_mask: np.ndarray | None = None

    def add(self, patch: Patch, luma: np.ndarray) -> None:
        """Look at the next frame."""
        if patch.alpha <= 0:
            self._last.clear()
            return
        self._last.append(_reduced(luma))
        mask = _reduced(patch.mask.astype(np.float32))
        self._least_mask = mask if self._least_mask is None else np.minimum(self._least_mask, mask)
        if len(self._last) == 3:
            first, second, third = self._last
            leap = (first - 2 * second + third) ** 2
            self._leaps = leap if self._leaps is None else self._leaps + leap
            self._threes += 1

    def level(self) -> float:
        """The flicker of all frames."""
        if self._leaps is None or self._least_mask is None:
            return 0.0
        within = self._least_mask > INSIDE
        mean = np.sqrt(self._leaps / self._threes)
        return float(np.median(mean[within])) if within.any() else 0.0


def _reduced(image: np.ndarray) -> np.ndarray:
    factor = max(1.0, max(image.shape) / FLICKER_SIDE_PX)
    size = tuple(max(1, round(side / factor)) for side in image.shape[::-1])
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
