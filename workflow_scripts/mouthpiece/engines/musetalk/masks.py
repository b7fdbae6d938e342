"""The mask by which a drawn face is laid into the picture.

The face's surroundings, a square half again as large as its box, are parsed at 512 x 512; the
classes make a region; the region is cut to the box and to its lower half, and its edge blurred.
"""

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from .crops import LARGEST_PX, UNMOVED, Part
from .landmarks import BROWS, JAW, NOSE
from .parsing import LOWER_LIP, MOUTH, NECK, SIDE_PX, SKIN, UPPER_LIP
from .parsing import NOSE as NOSE_CLASS
from .resample import cubic, moved, weights

EXPAND = 1.5

UPPER_SHARE = 0.5
"""The share of the surroundings, from above, that is never redrawn."""

CONE_ROWS, TAIL_ROWS, ABOVE_ROWS = 10, 12, 6
"""Skin is seen from the rows below it: through a cone that widens by a pixel a side and row, then
through rows as wide. The cone's tip lies so many rows above."""

CHEEK_PX, CHEEK_TIMES = 35, 2
"""How wide skin must be at the cheeks, and how often it is drawn back by that."""

CHUNK_PX = 1 << 23
"""How many pixels of squares are at work at once, so that large faces take no more memory."""

OUTLINE = len(JAW) + len(BROWS)

NOSE_END = OUTLINE + len(NOSE)

LIPS_FIRST, LIPS_END = 48, 60


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


def cut_out(picture: np.ndarray, square: tuple[int, int, int, int]) -> Part:
    """Cut out what the parser sees.

    Args:
        picture: RGB, [H, W, 3] uint8.
        square: What `surroundings` gave.

    Returns:
        The square, black beyond the picture's edges, and where in it the parser's pixels lie.
    """
    x1, y1, x2, y2 = square
    pixels = np.zeros((y2 - y1, x2 - x1, 3), np.uint8)
    rows, columns = slice(max(y1, 0), max(y2, 0)), slice(max(x1, 0), max(x2, 0))
    seen = picture[rows, columns]
    top, left = max(-y1, 0), max(-x1, 0)
    pixels[top : top + seen.shape[0], left : left + seen.shape[1]] = seen
    if len(pixels) > LARGEST_PX:
        return Part(cv2.resize(pixels, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA), UNMOVED)
    scale = len(pixels) / SIDE_PX
    start = (scale - 1) / 2
    return Part(pixels, np.array([[scale, 0, start], [0, scale, start]]))


def region(labels: Tensor, mode: str, left_cheek_px: int, right_cheek_px: int) -> Tensor:
    """Choose what is redrawn.

    Args:
        labels: Maps of classes, [N, 512, 512] uint8.
        mode: "raw": skin and lips. "neck": the neck too. "jaw": skin grown downwards, so that a
            chin that drops is covered, and drawn back at the cheeks; without the nose.
        left_cheek_px: In mode "jaw", the width left of the middle that is not drawn back.
        right_cheek_px: In mode "jaw", the width right of the middle that is not drawn back.

    Returns:
        [N, 512, 512] float32, 0 or 1.
    """
    skin, lips = labels == SKIN, (labels == MOUTH) | (labels == UPPER_LIP) | (labels == LOWER_LIP)
    if mode == "raw":
        return (skin | lips).float()
    if mode == "neck":
        return (skin | lips | (labels == NECK)).float()
    grown = _grown(skin.float())
    kept = _drawn_back(grown)
    middle = SIDE_PX // 2
    inner = slice(middle - left_cheek_px + 1, middle + right_cheek_px)
    kept[..., inner] = grown[..., inner]
    return torch.maximum(kept * (labels != NOSE_CLASS), lips.float())


def _grown(skin: Tensor) -> Tensor:
    """Skin as it is seen through the cone."""
    seen = functional.pad(skin, (0, 0, ABOVE_ROWS, 0))
    for _ in range(CONE_ROWS):
        below = functional.pad(seen[:, 1:], (0, 0, 0, 1))
        seen = torch.maximum(seen, functional.max_pool2d(below, (1, 3), 1, (0, 1)))
    tail = functional.pad(seen, (0, 0, 0, TAIL_ROWS))
    return functional.max_pool2d(tail, (TAIL_ROWS + 1, 1), 1)[:, : skin.shape[1]]


def _drawn_back(skin: Tensor) -> Tensor:
    """Skin that is wide, and has skin above and below."""
    bare = 1 - skin
    for _ in range(CHEEK_TIMES):
        beside = functional.max_pool2d(bare, (1, CHEEK_PX), 1, (0, CHEEK_PX // 2))
        bare = torch.maximum(beside, functional.max_pool2d(bare, (3, 1), 1, (1, 0)))
    return 1 - bare


def on_patches(
    redrawn: Tensor, boxes: np.ndarray, affines: np.ndarray, blur: float, side_px: int
) -> Tensor:
    """Cut regions to their box and its lower half, blur their edges, and bring them to patches.

    Outside the box the drawn face is the picture itself, so nothing of a mask is lost.

    Args:
        redrawn: What `region` gave, [N, 512, 512].
        boxes: The faces' boxes, [N, 4], in whole pixels.
        affines: From the patches to the picture, [N, 2, 3]; they scale and move.
        blur: Width of the blur's kernel as a share of the square's side.
        side_px: Side of the patches.

    Returns:
        [N, side_px, side_px] uint8.
    """
    squares = np.array([surroundings(box) for box in boxes])
    at_once = max(1, CHUNK_PX // int(np.square(squares[:, 2] - squares[:, 0]).max()))
    return torch.cat(
        [
            _on_patches(redrawn[part], boxes[part], squares[part], affines[part], blur, side_px)
            for part in (slice(i, i + at_once) for i in range(0, len(boxes), at_once))
        ]
    )


def _on_patches(
    redrawn: Tensor,
    boxes: np.ndarray,
    squares: np.ndarray,
    affines: np.ndarray,
    blur: float,
    side_px: int,
) -> Tensor:
    device = redrawn.device.type
    sides = squares[:, 2] - squares[:, 0]
    longest = int(sides.max())
    scale = moved((SIDE_PX / sides).astype(np.float32), device)
    # A smaller square has more places than pixels; those beyond it are cut off below.
    places = (torch.arange(longest, device=device) + 0.5) * scale[:, None] - 0.5
    whole = torch.full((len(sides),), SIDE_PX, device=device)
    enlarged = weights(places.clamp(max=SIDE_PX - 0.5), scale, whole, SIDE_PX, cubic)
    scaled = (255 * (enlarged @ redrawn @ enlarged.mT)).round().clamp(0, 255)
    upper = np.stack([0 * sides, (sides * UPPER_SHARE).astype(int)], 1)
    first = np.maximum(boxes[:, :2] - squares[:, :2], upper)
    ends = boxes[:, 2:] - squares[:, :2]
    taps = moved(_taps(sides, blur), device)
    across, down = (
        _softened(
            moved(
                np.stack(
                    [
                        affines[:, axis, axis],
                        affines[:, axis, 2] - squares[:, axis],
                        first[:, axis],
                        ends[:, axis],
                        sides - 1,
                    ]
                ).astype(np.float32),
                device,
            )[..., None],
            taps,
            longest,
            side_px,
        )
        for axis in (0, 1)
    )
    return (down @ scaled @ across.mT).round().clamp(0, 255).to(torch.uint8)


def _taps(sides: np.ndarray, blur: float) -> np.ndarray:
    """The kernels of the blur, each in the middle of its row, [N, K] float32."""
    kernels = [cv2.getGaussianKernel(int(blur * side // 2 * 2) + 1, 0).ravel() for side in sides]
    widest = max(len(kernel) for kernel in kernels)
    pads = [(widest - len(kernel)) // 2 for kernel in kernels]
    return np.stack([np.pad(k, pad) for k, pad in zip(kernels, pads, strict=True)]).astype(
        np.float32
    )


def _softened(lines: Tensor, taps: Tensor, longest: int, side_px: int) -> Tensor:
    """What cuts off, blurs and interpolates along one side, as one matrix.

    Args:
        lines: Scale and start of the patch's pixels on the square, first pixel and end of what is
            not cut off, and the square's last pixel, [5, N, 1].
        taps: The kernels of the blur, [N, K].
        longest: The side of the largest square.
        side_px: Side of the patch.

    Returns:
        [N, side_px, longest].
    """
    scale, start, kept, end, last = lines
    pixel = torch.arange(longest, device=lines.device)
    place = scale * torch.arange(side_px, device=lines.device) + start
    place = torch.minimum(place.clamp(min=0), last)
    first = place.floor()
    share = (place - first)[..., None]
    kernel = taps[:, None].expand(-1, side_px, -1)

    def blurred(at: Tensor) -> Tensor:
        tap = at.long()[..., None] - pixel + taps.shape[1] // 2
        within = tap.clamp(0, taps.shape[1] - 1)
        return kernel.take_along_dim(within, 2) * (tap == within)

    both = (1 - share) * blurred(first) + share * blurred(torch.minimum(first + 1, last))
    return both * ((pixel >= kept) & (pixel < end))[:, None]


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
