"""The faces of pictures at the size that the networks take, by Lanczos; the aspect is not kept.

A box in whole pixels is resized by OpenCV, as upstream does. Boxes that were smoothed over time lie
between pixels; these are sampled as products of matrices, all faces of a batch at once, where the
networks run: a core takes 5 ms a face for what a GPU does in 0.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

REACH = 4
"""How far Lanczos's kernel reaches, in pixels."""

LARGEST_PX = 512
"""The longer side of the largest box whose pixels are kept for a batch. Larger ones are sampled by
OpenCV, one by one: a batch of them would take a gigabyte."""


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
        return Part(whole, np.eye(2, 3))
    if max(x2 - x1, y2 - y1) > LARGEST_PX:
        return Part(_warped(picture, affine, side_px), np.eye(2, 3))
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


@torch.no_grad()
def sample(parts: Sequence[Part], side_px: int, device: str) -> Tensor:
    """Sample faces.

    Args:
        parts: What they are sampled from.
        side_px: Side of the faces.
        device: Where it is done.

    Returns:
        RGB, [N, side, side, 3] uint8, on the device.
    """
    height, width = (max(part.pixels.shape[axis] for part in parts) for axis in (0, 1))
    pixels = np.zeros((len(parts), height, width, 3), np.uint8)
    for room, part in zip(pixels, parts, strict=True):
        rows, columns = part.pixels.shape[:2]
        room[:rows, :columns] = part.pixels
    affines = np.stack([part.affine for part in parts])
    across, down = affines[:, 0, ::2], affines[:, 1, 1:]
    planes = _moved(pixels, device).permute(0, 3, 1, 2).float()
    lines = _kernels(down, side_px, height, device)[:, None] @ planes
    faces = lines @ _kernels(across, side_px, width, device)[:, None].mT
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
    return int(first) - REACH + 1, int(last) + REACH + 1


def _kernels(lines: np.ndarray, side_px: int, size: int, device: str) -> Tensor:
    """The kernel at each place, [N, side, size]; `lines` are scale and start, [N, 2]."""
    scale, start = _moved(lines.astype(np.float32), device)[..., None].unbind(1)
    places = start + scale * torch.arange(side_px, device=device)
    distance = places[..., None] - torch.arange(size, device=device)
    near = torch.sinc(distance) * torch.sinc(distance / REACH) * (distance.abs() < REACH)
    return near / near.sum(-1, keepdim=True)


def _moved(values: np.ndarray, device: str) -> Tensor:
    given = torch.from_numpy(values)
    return given.pin_memory().to(device, non_blocking=True) if device == "cuda" else given
