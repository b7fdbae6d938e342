"""Two faces that move, each alone in its pictures: scikit-image's portrait, and a drawn one."""

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
    picture = draw(Pose(0.5 + 0.5 * np.sin(frame / 2), sway_px=(2 * np.sin(frame / 6), 0)))
    place = np.array([[0.5, 0, 47], [0, 0.5, 0.5 * frame]])
    return cv2.warpAffine(picture, place, (512, 512), borderMode=cv2.BORDER_REFLECT)
