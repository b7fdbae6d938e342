"""Where the face that LatentSync sees lies in a picture, by three points of it.

A similarity moves the middles of both brows and of the nose to the places that they have in the
training data: a face 75 units wide and 100 high, of 2.8 pixels each for a network of 256 px.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...core.curves import gaussian
from ...core.spans import find_spans
from ...faces.track import Track

TEMPLATE_UNITS = np.array([[17.0, 20.0], [58.0, 20.0], [37.5, 40.0]])
"""The middles of the brows, from the left of the picture to its right, and of the nose."""

WIDTH_UNITS, HEIGHT_UNITS = 75, 100

PX_A_UNIT, OF_PX = 2.8, 256

BEFORE, NOW = 0.2, 0.8
"""Upstream's smoothing of the shift: shares of the frame before, and of this one."""

LEAST_APART_PX = 2.0
"""Points nearer to each other are of no face that could be drawn."""

FILL = 127.0
"""What lies beyond the picture."""

BROWS = ((70, 63, 105, 66, 107), (336, 296, 334, 293, 300))
"""The mesh's points along the brows."""

NOSE = (5, 4, 129, 358)
"""Those of the nose: its ridge, its tip, its wings."""


@dataclass(frozen=True)
class Template:
    """Where the points lie in an aligned face, and how large it is.

    Attributes:
        points: [3, 2] float32, in pixels.
        size: Width and height, in pixels.
    """

    points: np.ndarray
    size: tuple[int, int]

    @classmethod
    def of(cls, resolution_px: int) -> "Template":
        """Make the template of a network.

        Args:
            resolution_px: Side of the faces that it draws.

        Returns:
            The template.
        """
        unit = resolution_px / OF_PX * PX_A_UNIT
        points = (TEMPLATE_UNITS * unit).astype(np.float32)
        return cls(points, (int(WIDTH_UNITS * unit), int(HEIGHT_UNITS * unit)))


class Aligner:
    """Aligns the frames of one cut as upstream does: the shift of a frame leans on the last one."""

    def __init__(self, template: Template, leans: bool = True) -> None:
        """Start a cut.

        Args:
            template: Where the points are to lie.
            leans: Whether a shift is added at all.
        """
        self._template, self._leans = template, leans
        self._shift: np.ndarray | None = None

    def matrix(self, points: np.ndarray) -> np.ndarray:
        """Align the next frame.

        Upstream takes the shift from points in units of their spread, and adds it in pixels.

        Args:
            points: [3, 2], in picture pixels.

        Returns:
            From the picture's pixels to those of the aligned face, [2, 3] float32.
        """
        matrix, apart = similarity(points, self._template.points)
        if self._leans:
            before = apart if self._shift is None else self._shift
            self._shift = (BEFORE * before + NOW * apart).astype(np.float32)
            matrix[:, 2] += self._shift
        return matrix


def similarity(points: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the similarity that brings three points nearest to others (Umeyama, 1991).

    Its scale is the ratio of the points' spreads, whatever their shape.

    Args:
        points: [3, 2], not all in one place.
        wanted: [3, 2].

    Returns:
        The matrix [2, 3] float32; and how far the last point lies from its place, in units of the
        spreads, [2] float32.
    """
    found, aim = (torch.tensor(each, dtype=torch.float32) for each in (points, wanted))
    centre, middle = found.mean(0), aim.mean(0)
    found, aim = found - centre, aim - middle
    spread, breadth = found.std(), aim.std()
    unit, target = found / spread, aim / breadth
    left, _, right = torch.linalg.svd(unit.T @ target)
    turn = right.mT @ left.mT
    if torch.linalg.det(turn) < 0:
        right[-1] *= -1
        turn = right.mT @ left.mT
    scale = breadth / spread
    shift = middle.reshape(2, 1) - scale * (turn @ centre.reshape(2, 1))
    return torch.cat([scale * turn, shift], 1).numpy(), (target[2] - unit[2]).numpy()


def three_points(landmarks: np.ndarray, brows: object = BROWS, nose: object = NOSE) -> np.ndarray:
    """Take the three points of faces.

    Args:
        landmarks: [..., N, 2 or more].
        brows: The landmarks' numbers along the brow on the picture's left, and on its right.
        nose: Those of the nose.

    Returns:
        [..., 3, 2].
    """
    groups = (*brows, nose)  # type: ignore[misc]
    return np.stack([landmarks[..., list(group), :2].mean(-2) for group in groups], -2)


def matrices(track: Track, template: Template, smoothing_frames: float) -> np.ndarray:
    """Align a cut by its track, smoothed over time.

    Args:
        track: The face in T frames.
        template: Where the points are to lie.
        smoothing_frames: Standard deviation of the smoothing of the points; 0: the points are whole
            pixels and the shift leans on the last frame's, as upstream.

    Returns:
        From the picture's pixels to those of the aligned face, [T, 2, 3] float32; not finite where
        there is no face.
    """
    points = three_points(track.points if smoothing_frames else np.round(track.points))
    found = np.full((track.frames, 2, 3), np.nan, np.float32)
    apart = (np.ptp(points, 1) >= LEAST_APART_PX).any(1)  # False where there is no face, too
    for first, end in find_spans(apart):
        run = points[first:end]
        if smoothing_frames:
            run = gaussian(run.reshape(len(run), -1), smoothing_frames).reshape(run.shape)
        aligner = Aligner(template, leans=not smoothing_frames)
        steady = run if smoothing_frames else np.round(run)
        found[first:end] = [aligner.matrix(one) for one in steady]
    return found


def aligned(
    picture: np.ndarray, matrix: np.ndarray, template: Template, side_px: int
) -> np.ndarray:
    """Cut a face out of a picture.

    Args:
        picture: RGB, [H, W, 3] uint8.
        matrix: From its pixels to those of the aligned face, [2, 3].
        template: The aligned face's size.
        side_px: Side of what is cut out; the aspect is not kept.

    Returns:
        RGB, [side, side, 3] uint8.
    """
    planes = torch.from_numpy(np.require(picture, requirements="W")).permute(2, 0, 1)[None].float()
    width, height = template.size
    face = warped(planes, matrix, (height, width), FILL)
    pixels = face[0].permute(1, 2, 0).to(torch.uint8).numpy()
    return cv2.resize(pixels, (side_px, side_px), interpolation=cv2.INTER_LANCZOS4)


def inverse(matrix: np.ndarray) -> np.ndarray:
    """Invert an affine.

    Args:
        matrix: [2, 3].

    Returns:
        [2, 3], of the same precision.
    """
    last = np.array([[0, 0, 1]], matrix.dtype)
    return np.asarray(np.linalg.inv(np.concatenate([matrix, last]))[:2])


def warped(planes: Tensor, matrix: np.ndarray, size: tuple[int, int], fill: float) -> Tensor:
    """Sample pictures between their pixels, whose centres are at integers.

    It is done in 32 bits and in kornia's order: upstream cuts what comes out to bytes, and where
    nothing changes from pixel to pixel the last bit decides which.

    Args:
        planes: [1, C, H, W] float32.
        matrix: From their pixels to those of what is made, [2, 3].
        size: Height and width of what is made.
        fill: What lies beyond the pictures.

    Returns:
        [1, C, *size] float32.
    """
    whole = torch.eye(3)
    whole[:2] = torch.from_numpy(matrix)
    from_span = torch.linalg.inv(_to_span(*planes.shape[2:]))
    inverted = torch.linalg.inv(_to_span(*size) @ (whole @ from_span))
    grid = functional.affine_grid(inverted[None, :2], [1, 1, *size], align_corners=True)
    found, inside = (
        functional.grid_sample(each, grid, align_corners=True, padding_mode="zeros")
        for each in (planes, torch.ones_like(planes[:, :1]))
    )
    return found + fill * (1 - inside)


def _to_span(height: int, width: int) -> Tensor:
    """From pixels to -1 at the first and 1 at the last, [3, 3]."""
    across, down = 2 / max(width - 1, 1), 2 / max(height - 1, 1)
    return torch.tensor([[across, 0, -1], [0, down, -1], [0, 0, 1]])
