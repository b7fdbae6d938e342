"""What only upstream does, and what ours is measured against.

It lays a drawn face into a picture of whole RGB pixels; the film is not made so: there the patch
set is laid into the mezzanine's own planes.
"""

import math
from fractions import Fraction

import cv2
import numpy as np
import torch

from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.engines.musetalk import masks


def frames_of(samples: int, rate: Fraction) -> int:
    """How many frames upstream draws for that much sound."""
    return math.floor(samples / SAMPLE_RATE * int(rate))


def composite(
    picture: np.ndarray,
    face: np.ndarray,
    box: np.ndarray,
    mask: np.ndarray,
    square: tuple[int, int, int, int],
) -> np.ndarray:
    """The picture [H, W, 3] uint8 with a face [256, 256, 3] in its box [4], by the mask [S, S].

    `mask` lies on `square`; outside the box the picture stays as it is.
    """
    x1, y1, x2, y2 = (int(v) for v in box)
    drawn = cv2.resize(face, (x2 - x1, y2 - y1))
    height, width = picture.shape[:2]
    rows, columns = slice(max(y1, 0), min(y2, height)), slice(max(x1, 0), min(x2, width))
    drawn = drawn[rows.start - y1 : rows.stop - y1, columns.start - x1 : columns.stop - x1]
    weight = mask[
        rows.start - square[1] : rows.stop - square[1],
        columns.start - square[0] : columns.stop - square[0],
        None,
    ].astype(np.int32)
    laid = picture.copy()
    under = picture[rows, columns].astype(np.int32)
    laid[rows, columns] = (drawn * weight + under * (255 - weight) + 127) // 255
    return laid


def on_square(region: torch.Tensor, box: np.ndarray, blur: float) -> np.ndarray:
    """The mask of one face on its square."""
    x1, y1, x2, _ = masks.surroundings(box)
    whole = np.array([[[1.0, 0, x1], [0, 1, y1]]])
    return masks.on_patches(region, box[None], whole, blur, x2 - x1)[0].numpy()
