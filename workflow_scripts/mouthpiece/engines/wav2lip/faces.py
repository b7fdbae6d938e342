"""What the network sees of a face: its box, brought to 96 px."""

import cv2
import numpy as np

from .network import SIDE_PX


def cut_out(picture: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Cut a face out of a picture, as the training data was: between four pixels, not blurred.

    Args:
        picture: RGB, [H, W, 3] uint8.
        box: In whole pixels, within the picture, [4].

    Returns:
        RGB, [96, 96, 3] uint8.
    """
    x1, y1, x2, y2 = box
    return cv2.resize(picture[y1:y2, x1:x2], (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)
