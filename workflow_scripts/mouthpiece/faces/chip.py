"""A face cut out of a picture as `embedding` looks at it: dlib's chip (`get_face_chip_details`)."""

import cv2
import numpy as np

from .similarity import nearest_similarity

SIDE_PX = 150

CORNERS = (263, 362, 33, 133, 2)
"""The mesh's points at the outer and inner corners of both eyes, and under the nose."""

TEMPLATE = np.array(
    [(0.860, 0.213), (0.646, 0.229), (0.121, 0.214), (0.334, 0.229), (0.490, 0.628)]
)
"""Where they lie in what dlib's network was trained on, as shares of the face's square."""

MARGIN = 0.25
"""What the network is shown around that square, as a share of it."""


def chip(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Cut a face out of a picture as the network was trained to see it.

    Args:
        picture: RGB, [H, W, 3] uint8. A face much larger than the chip is to be reduced before.
        points: The face mesh in the picture's pixels, [468, 2 or 3].

    Returns:
        The face, [150, 150, 3] uint8.
    """
    template = (TEMPLATE + MARGIN) / (1 + 2 * MARGIN) * SIDE_PX
    place = nearest_similarity(template, points[None, CORNERS, :2].astype(np.float64))[0]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(
        picture, place, (SIDE_PX, SIDE_PX), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
