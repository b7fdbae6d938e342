"""Drafts that are spoilt on purpose, a fault each, to calibrate and test what looks for faults.

Each takes a draft's patches and gives as many.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from ..patches.patch import Patch

SOLID = 24
"""Where a mask is above this, an edged draft's is full."""


def blurred(patches: Iterable[Patch], share: float = 0.3) -> Iterator[Patch]:
    """Lose detail, as a network that draws a small face does.

    Args:
        patches: The draft.
        share: Of the patch's side, what is left of its detail.

    Yields:
        The patches, reduced and enlarged.
    """
    for patch in patches:
        height, width = patch.mask.shape
        small = (max(1, round(width * share)), max(1, round(height * share)))
        reduced = cv2.resize(patch.pixels, small, interpolation=cv2.INTER_AREA)
        soft = cv2.resize(reduced, (width, height), interpolation=cv2.INTER_CUBIC)
        yield replace(patch, pixels=soft)


def flickering(
    patches: Iterable[Patch], levels: float | Sequence[float] = 10.0, every: int = 6
) -> Iterator[Patch]:
    """Change the shade from one frame to the next, as textures of other light do.

    Args:
        patches: The draft.
        levels: How much lighter, of 255; three numbers: of red, green and blue.
        every: After how many frames it changes to lighter, and back.

    Yields:
        The patches.
    """
    for number, patch in enumerate(patches):
        yield _lighter(patch, np.asarray(levels) * (number // every % 2))


def edged(patches: Iterable[Patch], levels: float = 10.0) -> Iterator[Patch]:
    """Show the rim: another shade within a mask that ends at once.

    Args:
        patches: The draft.
        levels: How much lighter it is, of 255.

    Yields:
        The patches.
    """
    for patch in patches:
        solid = np.where(patch.mask > SOLID, 255, 0).astype(np.uint8)
        yield replace(_lighter(patch, levels), mask=solid)


def torn(patches: Iterable[Patch], share: float = 0.04) -> Iterator[Patch]:
    """Move one half of the mouth against the other.

    Args:
        patches: The draft.
        share: By how much, of the patch's height.

    Yields:
        The patches.
    """
    for patch in patches:
        height, width = patch.mask.shape
        down = np.array([[1, 0, 0], [0, 1, share * height]], np.float64)
        moved = cv2.warpAffine(patch.pixels, down, (width, height), borderMode=cv2.BORDER_REPLICATE)
        pixels = patch.pixels.copy()
        pixels[:, width // 2 :] = moved[:, width // 2 :]
        yield replace(patch, pixels=pixels)


def leaking(patches: Iterable[Patch], silent: Sequence[bool]) -> Iterator[Patch]:
    """Let the source's own mouth through where nobody speaks in the dub.

    Args:
        patches: The draft.
        silent: The frames in which nobody speaks.

    Yields:
        The patches.
    """
    for patch, quiet in zip(patches, silent, strict=True):
        yield replace(patch, alpha=0.0) if quiet else patch


def _lighter(patch: Patch, levels: float | np.ndarray) -> Patch:
    shifted = np.clip(patch.pixels.astype(np.float32) + levels, 0, 255).astype(np.uint8)
    return replace(patch, pixels=shifted)
