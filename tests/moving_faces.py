"""Two faces that move, each alone in its pictures: scikit-image's portrait, and a drawn one."""

import functools
import sys

import cv2
import numpy as np
from skimage import data

from places import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from drawn_face import Pose, draw

PORTRAIT = data.astronaut()


def swaying(frame: int) -> np.ndarray:
    shift = np.array([[1, 0, 6 * np.sin(frame / 6)], [0, 1, 0.5 * frame]])
    return cv2.warpAffine(PORTRAIT, shift, (512, 512), borderMode=cv2.BORDER_REFLECT)


def someone_else(frame: int) -> np.ndarray:
    """A drawn face where the portrait's is, as large."""
    picture = _talking(frame // 2)
    place = np.array([[0.5, 0, 47], [0, 0.5, 0.5 * frame]])
    return cv2.warpAffine(picture, place, (512, 512), borderMode=cv2.BORDER_REFLECT)


@functools.cache
def _talking(pose: int) -> np.ndarray:
    """The drawn face: drawing it takes a quarter of a second."""
    return draw(Pose(0.5 + 0.5 * np.sin(pose), sway_px=(2 * np.sin(pose / 3), 0)))
