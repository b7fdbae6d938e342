"""A drawn face laid into the whole picture as upstream does it.

The engine itself gives patches, which are blended in the film's own planes (`patches.composite`).
Upstream lays the whole aligned face over the picture, sampled twice, so that pixels change where
nothing was redrawn.
"""

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mouthpiece.engines.latentsync.align import FILL, Template, inverse, warped

EDGES = 20
"""The side of the face's area, in widths of its edge."""


def combined(drawn: Tensor, faces: Tensor, kept: Tensor) -> Tensor:
    """Put the pixels that are kept back into drawn faces.

    Args:
        drawn: [N, 3, S, S], in [-1, 1].
        faces: What was seen, [N, 3, S, S], in [-1, 1].
        kept: How much of it is kept, [S, S].

    Returns:
        [N, 3, S, S].
    """
    redrawn = 1 - kept
    return drawn * redrawn + faces * (1 - redrawn)


def pasted(picture: np.ndarray, face: Tensor, matrix: np.ndarray, template: Template) -> np.ndarray:
    """Lay a face into its picture.

    Args:
        picture: RGB, [H, W, 3] uint8.
        face: [3, S, S] float32, in [-1, 1].
        matrix: From the picture's pixels to those of the aligned face, [2, 3].
        template: The aligned face's size.

    Returns:
        RGB, [H, W, 3] uint8.
    """
    size = picture.shape[0], picture.shape[1]
    width, height = template.size
    resized = functional.interpolate(
        face[None], (height, width), mode="bicubic", align_corners=False, antialias=True
    )
    affine = inverse(matrix)
    laid = (warped(resized, affine, size, FILL)[0] / 2 + 0.5).clamp(0, 1).permute(1, 2, 0) * 255
    inside = warped(torch.ones(1, 1, height, width), affine, size, 0.0)[0, 0].numpy()
    shrunk = cv2.erode(inside, np.ones((2, 2), np.uint8), anchor=(1, 1))
    weight = _soft(shrunk)[..., None]
    found = weight * (shrunk[..., None] * laid.numpy()) + (1 - weight) * picture
    return found.astype(np.uint8)


def _soft(inside: np.ndarray) -> np.ndarray:
    """The inside of a mask [H, W] float32, away from its edge, which is blurred."""
    edge = int(float(inside.sum()) ** 0.5) // EDGES
    centre = cv2.erode(inside, np.ones((2 * edge, 2 * edge), np.uint8))
    window = 2 * edge + 1
    deviation = 0.3 * ((window - 1) * 0.5 - 1) + 0.8
    return cv2.GaussianBlur(centre, (window, window), deviation, borderType=cv2.BORDER_REFLECT_101)
