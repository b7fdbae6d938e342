"""Flicker taken out of a draft: light and colour of its patches, averaged over time.

What is averaged is coarse (a 32nd of the patch's side and more): skin, teeth and hair keep their
grain. Over time each spot is averaged with what it looked like shortly before and after, the less
the more it differs (Tomasi and Manduchi, "Bilateral filtering", ICCV 1998, along time only): a
mouth that opens differs much and stays, a cheek that flickers differs little and is calmed.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from .patch import Patch

CELLS = 32
"""Spots along the longer side of a patch."""

RANGE = 4.0
"""Levels of 255 by which a spot may differ to count with a weight of 0.6: over flicker (1 to 3),
under what speech does to a mouth (20 and more)."""

REACH_SIGMAS = 3
"""How far the averaging looks over time, in standard deviations."""


@dataclass(frozen=True)
class _Moment:
    """What a frame shows: light and colour of its spots, [h, w, 3] float32; whether it is drawn."""

    spots: np.ndarray
    drawn: bool


def deflickered(patches: Iterable[Patch], sigma_frames: float) -> Iterator[Patch]:
    """Calm a draft; patches with an alpha of 0 are neither changed nor looked at.

    As many patches are held as the averaging looks ahead.

    Args:
        patches: One a frame, in order, all of one size.
        sigma_frames: Standard deviation of the averaging over time, in frames.

    Yields:
        The patches, in order.
    """
    reach = math.ceil(REACH_SIGMAS * sigma_frames)
    before: deque[_Moment] = deque(maxlen=reach)
    ahead: deque[tuple[Patch, _Moment]] = deque()

    def calm_first() -> Patch:
        patch, moment = ahead.popleft()
        after = [later for _, later in ahead]
        if moment.drawn:
            patch = _calmed(patch, moment, before, after, sigma_frames)
        before.append(moment)
        return patch

    for patch in patches:
        ahead.append((patch, _Moment(_spots(patch.pixels), patch.alpha > 0)))
        if len(ahead) > reach:
            yield calm_first()
    while ahead:
        yield calm_first()


def _spots(pixels: np.ndarray) -> np.ndarray:
    """Light and colour [h, w, 3] float32 of a patch [H, W, 3], a value a spot."""
    height, width = pixels.shape[:2]
    cell_px = max(1, round(max(height, width) / CELLS))
    size = max(1, round(width / cell_px)), max(1, round(height / cell_px))
    spots = cv2.resize(pixels.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(spots, (0, 0), 1.0)


def _calmed(
    patch: Patch,
    moment: _Moment,
    before: Sequence[_Moment],
    after: Sequence[_Moment],
    sigma_frames: float,
) -> Patch:
    """The patch, its spots moved to their average over time."""
    change = _average(moment, before, after, sigma_frames) - moment.spots
    height, width = patch.pixels.shape[:2]
    finer = cv2.resize(change, (width, height), interpolation=cv2.INTER_LINEAR)
    pixels = np.clip(np.rint(patch.pixels + finer), 0, 255).astype(np.uint8)
    return replace(patch, pixels=pixels)


def _average(
    moment: _Moment, before: Sequence[_Moment], after: Sequence[_Moment], sigma_frames: float
) -> np.ndarray:
    """The spots [h, w, 3] of a moment, averaged with those around it that are drawn."""
    here = moment.spots
    total, weights = np.zeros_like(here), np.zeros((*here.shape[:2], 1), np.float32)
    for step, other in enumerate((*before, moment, *after), start=-len(before)):
        if other.drawn:
            apart = ((other.spots - here) ** 2).mean(-1, keepdims=True)
            weight = np.exp(-apart / (2 * RANGE**2)) * np.exp(-0.5 * (step / sigma_frames) ** 2)
            total += weight * other.spots
            weights += weight
    return total / weights  # at least 1: the moment itself is drawn
