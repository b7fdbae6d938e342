"""The faces of pictures at the size that the networks take, by Lanczos; the aspect is not kept.

A box in whole pixels is resized by OpenCV, as upstream does. Boxes that were smoothed over time lie
between pixels; these are sampled where the networks run (`resample`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from .resample import LANCZOS_PX, Kernel, lanczos, moved, weights

LARGEST_PX = 768
"""The longer side of the largest box whose pixels are kept for a batch. Larger ones are sampled by
OpenCV, one by one: a batch of them would take a gigabyte."""


UNMOVED = np.eye(2, 3)


@dataclass(frozen=True)
class Part:
    """A part of a picture, and where in it a face is.

    Attributes:
        pixels: RGB, [H, W, 3] uint8.
        affine: From the pixels of the face to those of the part, [2, 3]; it scales and moves.
    """

    pixels: np.ndarray
    affine: np.ndarray


def cut_out(picture: np.ndarray, box: np.ndarray, affine: np.ndarray, side_px: int) -> Part:
    """Cut out of a picture what a face is sampled from.

    Args:
        picture: RGB, [H, W, 3] uint8.
        box: The face's box, [4], in picture pixels.
        affine: From the pixels of the face to those of the picture, [2, 3].
        side_px: Side of the face.

    Returns:
        The part. Beyond the picture's edges its outermost pixels are repeated.
    """
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = box
    inside = min(x1, y1) >= 0 and x2 <= width and y2 <= height
    if inside and (box == np.rint(box)).all():
        face = picture[int(y1) : int(y2), int(x1) : int(x2)]
        whole = cv2.resize(face, (side_px, side_px), interpolation=cv2.INTER_LANCZOS4)
        return Part(whole, UNMOVED)
    if max(x2 - x1, y2 - y1) > LARGEST_PX:
        return Part(_warped(picture, affine, side_px), UNMOVED)
    (left, right), (top, bottom) = (_reached(row, side_px) for row in affine)
    if min(left, top) >= 0 and right <= width and bottom <= height:
        pixels = picture[top:bottom, left:right].copy()  # so that the picture is not kept
    else:
        rows, columns = np.arange(top, bottom), np.arange(left, right)
        pixels = picture[np.ix_(rows.clip(0, height - 1), columns.clip(0, width - 1))]
    return Part(pixels, affine - np.array([[0, 0, left], [0, 0, top]]))


def blank() -> Part:
    """Stand in for a face that is not there.

    Returns:
        A black part.
    """
    return Part(np.zeros((1, 1, 3), np.uint8), np.zeros((2, 3)))


@dataclass(frozen=True)
class Staged:
    """Parts that lie together in memory from which a GPU reads by itself.

    Attributes:
        pixels: [N, H, W, 3] uint8; a part is at the upper left, what lies beyond it is not set.
        sizes: The parts' rows and columns, [2, N].
        lines: Scale and start of the faces' columns, and of their rows, [2, N, 2] float32.
    """

    pixels: Tensor
    sizes: Tensor
    lines: Tensor


def stage(parts: Sequence[Part], device: str) -> Staged:
    """Lay parts together.

    Args:
        parts: What faces are sampled from.
        device: Where that is done.

    Returns:
        The parts, on the CPU.
    """
    sizes = np.array([part.pixels.shape[:2] for part in parts])
    height, width = (int(side) for side in sizes.max(0))
    shape = len(parts), height, width, 3
    pixels = torch.empty(shape, dtype=torch.uint8, pin_memory=device == "cuda")
    for room, part, (rows, columns) in zip(pixels.numpy(), parts, sizes, strict=True):
        room[:rows, :columns] = part.pixels
    affines = np.stack([part.affine for part in parts])
    lines = np.stack([affines[:, 0, ::2], affines[:, 1, 1:]]).astype(np.float32)
    return Staged(pixels, torch.from_numpy(sizes.T.copy()), torch.from_numpy(lines))


@torch.no_grad()
def sample(
    staged: Staged, side_px: int, device: str, kernel: Kernel = lanczos, antialias: bool = False
) -> Tensor:
    """Sample faces.

    Args:
        staged: What they are sampled from.
        side_px: Side of the faces.
        device: Where it is done.
        kernel: What pixels are weighed by.
        antialias: Whether it is widened where the face is reduced.

    Returns:
        RGB, [N, side, side, 3] uint8, on the device.
    """
    height, width = staged.pixels.shape[1:3]
    scale, start = moved(staged.lines, device)[..., None].unbind(2)
    steps = scale[..., 0] if antialias else (None, None)
    across, down = start + scale * torch.arange(side_px, device=device)
    rows, columns = moved(staged.sizes, device)
    planes = moved(staged.pixels, device).permute(0, 3, 1, 2).float()
    halfway = weights(down, steps[1], rows, height, kernel)[:, None] @ planes
    faces = halfway @ weights(across, steps[0], columns, width, kernel)[:, None].mT
    return faces.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous()


def _warped(picture: np.ndarray, affine: np.ndarray, side_px: int) -> np.ndarray:
    return cv2.warpAffine(
        picture,
        affine,
        (side_px, side_px),
        flags=cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _reached(line: np.ndarray, side_px: int) -> tuple[int, int]:
    """The first pixel and the end that the kernel reaches, along a row [3] of an affine."""
    scale, start = line[:2].sum(), line[2]
    first, last = np.floor(start), np.floor(start + scale * (side_px - 1))
    return int(first) - LANCZOS_PX + 1, int(last) + LANCZOS_PX + 1
