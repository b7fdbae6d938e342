"""The mask by which a drawn face is laid into the picture.

The face's surroundings, a square half again as large as its box, are parsed at 512 x 512; the
classes make a region; the region is cut to the box and to its lower half, and its edge blurred.
"""

import cv2
import numpy as np
import torch

from .landmarks import BROWS, JAW, NOSE
from .parsing import LOWER_LIP, MOUTH, NECK, SIDE_PX, SKIN, UPPER_LIP
from .parsing import NOSE as NOSE_CLASS

EXPAND = 1.5

UPPER_SHARE = 0.5
"""The share of the surroundings, from above, that is never redrawn."""

LIPS = (MOUTH, UPPER_LIP, LOWER_LIP)

CONE_ROWS, TAIL_ROWS = 21, 12

CHEEK_KERNEL = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (35, 3))

OUTLINE = len(JAW) + len(BROWS)

NOSE_END = OUTLINE + len(NOSE)

LIPS_FIRST, LIPS_END = 48, 60


def _of_classes(classes: tuple[int, ...]) -> np.ndarray:
    """A look-up table [256] of class to 0 or 255."""
    table = np.zeros(256, np.uint8)
    table[list(classes)] = 255
    return table


def _cone() -> np.ndarray:
    """The kernel that grows skin: a cone that widens by a pixel a side and row, then its tail."""
    side = CONE_ROWS + TAIL_ROWS
    rows, columns = np.mgrid[:side, :side]
    reach = np.minimum(rows, CONE_ROWS - 1) - CONE_ROWS // 2
    return (np.abs(columns - side // 2) <= reach).astype(np.uint8)


CONE = _cone()

RAW, WITH_NECK = _of_classes((SKIN, *LIPS)), _of_classes((SKIN, *LIPS, NECK))

BARE_SKIN, BARE_LIPS = _of_classes((SKIN,)), _of_classes(LIPS)


def surroundings(box: np.ndarray) -> tuple[int, int, int, int]:
    """Choose the square around a face that is parsed.

    Args:
        box: The face's box, [4], in whole pixels.

    Returns:
        (x1, y1, x2, y2); the square may leave the picture.
    """
    x1, y1, x2, y2 = (int(v) for v in box)
    half = int(max(x2 - x1, y2 - y1) // 2 * EXPAND)
    x, y = (x1 + x2) // 2, (y1 + y2) // 2
    return x - half, y - half, x + half, y + half


def cut_out(picture: np.ndarray, square: tuple[int, int, int, int]) -> np.ndarray:
    """Cut out what the parser sees.

    Args:
        picture: RGB, [H, W, 3] uint8.
        square: What `surroundings` gave.

    Returns:
        [512, 512, 3] uint8, black beyond the picture's edges.
    """
    x1, y1, x2, y2 = square
    height, width = picture.shape[:2]
    inside = np.ascontiguousarray(picture[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)])
    beyond = max(-y1, 0), max(y2 - height, 0), max(-x1, 0), max(x2 - width, 0)
    if any(beyond):
        inside = cv2.copyMakeBorder(inside, *beyond, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return _resized(inside, SIDE_PX, "bilinear")


def _resized(image: np.ndarray, side_px: int, mode: str) -> np.ndarray:
    """An image [H, W, 3] or [H, W] uint8 as a square, as Pillow resamples it, to 1 of 255.

    Pillow itself keeps other threads from running meanwhile.
    """
    channels = np.atleast_3d(image)
    tensor = torch.from_numpy(channels).permute(2, 0, 1)[None]
    found = torch.nn.functional.interpolate(tensor, (side_px, side_px), mode=mode, antialias=True)
    return found[0].permute(1, 2, 0).numpy().reshape(side_px, side_px, *image.shape[2:])


def region(labels: np.ndarray, mode: str, left_cheek_px: int, right_cheek_px: int) -> np.ndarray:
    """Choose what is redrawn.

    Args:
        labels: A map of classes, [512, 512] uint8.
        mode: "raw": skin and lips. "neck": the neck too. "jaw": skin grown downwards, so that a
            chin that drops is covered, and drawn back at the cheeks; without the nose.
        left_cheek_px: In mode "jaw", the width left of the middle that is not drawn back.
        right_cheek_px: In mode "jaw", the width right of the middle that is not drawn back.

    Returns:
        [512, 512] uint8, 0 or 255.
    """
    if mode == "raw":
        return cv2.LUT(labels, RAW)
    if mode == "neck":
        return cv2.LUT(labels, WITH_NECK)
    skin = cv2.dilate(cv2.LUT(labels, BARE_SKIN), CONE)
    cheeks = cv2.erode(skin, CHEEK_KERNEL, iterations=2)
    middle = SIDE_PX // 2
    for outside in (slice(middle - left_cheek_px + 1), slice(middle + right_cheek_px, None)):
        skin[:, outside] = cheeks[:, outside]
    skin[labels == NOSE_CLASS] = 0
    return np.bitwise_or(skin, cv2.LUT(labels, BARE_LIPS))


def blurred(
    redrawn: np.ndarray, box: np.ndarray, square: tuple[int, int, int, int], blur: float
) -> np.ndarray:
    """Cut a region to the box and its lower half, and blur its edge.

    Args:
        redrawn: What `region` gave, [512, 512] uint8.
        box: The face's box, [4], in whole pixels.
        square: What `surroundings` gave.
        blur: Width of the blur's kernel as a share of the square's side.

    Returns:
        The mask on the square, [S, S] uint8.
    """
    side = square[2] - square[0]
    scaled = _resized(redrawn, side, "bicubic")
    x1, y1, x2, y2 = (int(v) for v in box)
    top = max(y1 - square[1], int(side * UPPER_SHARE))
    rows, columns = (top, y2 - square[1]), (x1 - square[0], x2 - square[0])
    mask = np.zeros_like(scaled)
    mask[slice(*rows), slice(*columns)] = scaled[slice(*rows), slice(*columns)]
    kernel = int(blur * side // 2 * 2) + 1
    reached = tuple(
        slice(max(0, first - kernel), max(0, end + kernel)) for first, end in (rows, columns)
    )
    mask[reached] = cv2.GaussianBlur(mask[reached], (kernel, kernel), 0)
    return mask


def on_patch(
    mask: np.ndarray, square: tuple[int, int, int, int], affine: np.ndarray, side_px: int
) -> np.ndarray:
    """Bring a mask from its square to the patch.

    Outside the box the drawn face is the picture itself, so nothing of the mask is lost.

    Args:
        mask: [S, S] uint8.
        square: What `surroundings` gave.
        affine: From the patch to the picture, [2, 3].
        side_px: Side of the patch.

    Returns:
        [side_px, side_px] uint8.
    """
    local = affine - np.array([[0, 0, square[0]], [0, 0, square[1]]])
    return cv2.warpAffine(
        mask,
        local,
        (side_px, side_px),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def draw(landmarks: np.ndarray, square: tuple[int, int, int, int]) -> np.ndarray:
    """Draw a map of classes from landmarks alone: skin, nose and lips.

    Args:
        landmarks: [68, 2], in picture pixels.
        square: What `surroundings` gave.

    Returns:
        [512, 512] uint8.
    """
    scale = SIDE_PX / (square[2] - square[0])
    points = np.rint((landmarks - np.array(square[:2]) + 0.5) * scale - 0.5).astype(np.int32)
    labels = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    cv2.fillConvexPoly(labels, cv2.convexHull(points[:OUTLINE]), SKIN)
    cv2.fillConvexPoly(labels, cv2.convexHull(points[OUTLINE:NOSE_END]), NOSE_CLASS)
    cv2.fillPoly(labels, [points[LIPS_FIRST:LIPS_END]], LOWER_LIP)
    return labels
