"""From controls to patches: the targets of the warp, and the frames drawn to them."""

from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np

from ...core.chunks import chunks
from ...patches.patch import Patch
from . import draw, shape
from .avatar import Avatar
from .canvas import Canvas
from .donors import between

BLOCK_FRAMES = 64
"""Frames whose meshes are computed at once."""


class Painter:
    """Draws the frames of an avatar.

    Attributes:
        person: The avatar.
        canvas: What its patches share.
    """

    def __init__(self, person: Avatar, canvas: Canvas) -> None:
        """Build it.

        Args:
            person: The avatar.
            canvas: Its canvas.
        """
        self.person, self.canvas = person, canvas

    @classmethod
    def of(cls, person: Avatar) -> Self:
        """Build the painter of an avatar, and its canvas.

        Args:
            person: The avatar.

        Returns:
            The painter.
        """
        return cls(person, Canvas.of(person))

    def patches(self, controls: np.ndarray, alpha: np.ndarray, order: range) -> Iterator[Patch]:
        """Draw frames whose crops are read one by one.

        Args:
            controls: [N, 4].
            alpha: [N].
            order: The avatar's frames, N of them.

        Yields:
            N patches.
        """
        crops = self.person.crops.read(order)
        for block in chunks(range(len(order)), BLOCK_FRAMES):
            frames = order[block[0] : block[-1] + 1]
            targets = self.targets(controls[block], frames)
            for i, frame, target in zip(block, frames, targets, strict=True):
                aperture = float(controls[i, 0])
                yield self.patch(frame, next(crops), target, aperture, float(alpha[i]))

    def patch(
        self, frame: int, crop: np.ndarray, target: np.ndarray, aperture: float, alpha: float
    ) -> Patch:
        """Draw a frame.

        Args:
            frame: The avatar's frame.
            crop: Its crop, RGB, [S, S, 3] uint8.
            target: Where lips and chin shall be, [468, 2] crop pixels.
            aperture: How far the mouth is open, in mouth widths at rest.
            alpha: The patch's weight.

        Returns:
            The patch.
        """
        wanted = draw.Wanted(target, aperture)
        pixels = draw.draw_patch(self.person, self.canvas, frame, crop, wanted)
        return Patch(pixels, self.canvas.mask, self.person.affine[frame], alpha)

    def targets(self, controls: np.ndarray, order: Sequence[int]) -> np.ndarray:
        """Find where lips and chin shall be.

        The person's own shapes, nearest in opening, moved the rest of the way, and posed as in the
        frames of `order`.

        Args:
            controls: [N, 4].
            order: The avatar's frames, N of them.

        Returns:
            [N, 468, 2] crop pixels.
        """
        person = self.person
        donors = np.zeros((len(person.donor_mouths), controls.shape[1]))
        donors[:, :2] = person.donor_mouths
        donors[:, 2] = shape.JAW_SHARE * donors[:, 0]
        pairs, shares = between(controls[:, 0], donors[:, 0])
        weights = np.stack([1 - shares, shares], 1)
        own = np.einsum("tk,tknc->tnc", weights, person.donor_shapes[pairs])
        lacking = controls - np.einsum("tk,tkc->tc", weights, donors[pairs])
        return person.place(own + shape.displacement(person.rest, lacking), order)
