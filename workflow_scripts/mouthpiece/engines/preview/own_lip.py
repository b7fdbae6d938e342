"""The frame's own lower lip where its mesh does not reach it: below the lips that are drawn.

The mesh draws a lip that is pursed or turned out too thin. What it misses stays where it is, while
the lips are drawn higher up: it looked like a spot on the chin. So did the shadow below such a lip.
"""

import numpy as np

from . import shape
from .warp import NODES, read

MIDDLE = slice(3, 8)
"""The points of the lower lip's outer contour below which the frame's own lip is looked for."""

STEP, STEPS, CHIN = 0.03, 20, slice(14, 18)
"""Mouth widths between the places on a line down from the lip, how many there are, and those of
them that are on the chin."""

PEAK = slice(2, 11)
"""Those places at which the darkest of the lip may be; nearer ones are covered anyway."""

DARKER = 10.0
"""By how much lips are darker than what is around them, in levels of 255, that can be told from a
beard and from skin."""

STRONG, LIKE, STRANGE = (40.0, 60.0), (0.8, 2.5), 13.0
"""Differences from lent skin, in levels of 255, from which it may be a lip, and from which it
surely is; how much of a lip's shade it must have, and may have; and how much else. Less is a fold
of the chin, more is a beard's."""

ENDS, BESIDE = 0.35, 0.03
"""A lip ends where less than so much of its shade is left, and so many mouth widths further on."""


SHADOW, GREY, SHADOW_ENDS = (40.0, 60.0), 0.6, 0.15
"""Levels of 255 by which what is below the drawn lips is darker than lent skin, from which it may
be the shadow of the frame's own lip, and from which it surely is; by which share of that the
channels may differ at most; and under which share the shadow ends: it begins at the lip, as no
microphone does that is held before a chin."""


BEARD, BELOW = 0.5, slice(11, 18)
"""Lent skin that is on most of the chin less light than this share of what is below the lips is a
beard, whose edge is no shadow; and those places that are on the chin, or below a small one."""


def below(
    picture: np.ndarray,
    lent: np.ndarray,
    field: np.ndarray,
    lower: np.ndarray,
    width_px: float,
    shade: np.ndarray,
) -> float:
    """Find how far below the drawn lips the frame's own lower lip reaches.

    Args:
        picture: The frame's own skin, warped, RGB, [S, S, 3] uint8.
        lent: The crop whose lips are lent, RGB, [S, S, 3] uint8.
        field: The displacements that warp it, [NODES, NODES, 2] float32.
        lower: The outer contour of the drawn lower lip, [11, 2], in pixels.
        width_px: The mouth's width.
        shade: By how much lips differ from the skin around them, RGB, [3].

    Returns:
        The distance, in mouth widths, with the lip's shadow; 0 where the mesh reaches the lip.
    """
    if shade.mean() > -DARKER:
        return 0.0
    places = np.repeat(lower[MIDDLE, None], STEPS, axis=1).astype(np.float32)
    places[..., 1] += np.arange(STEPS, dtype=np.float32) * STEP * width_px
    shift = read(field, (places + 0.5) * (NODES / len(picture)) - 0.5)
    skin = read(lent, places + shift).astype(np.float32)
    change = np.median(read(picture, places) - skin, axis=0)
    change -= np.median(change[CHIN], axis=0)
    size = max(float(np.linalg.norm(shade)), 1.0)
    share = change @ shade / size**2
    peak = PEAK.start + int(np.argmax(share[PEAK]))
    strange = float(np.abs(change[peak] - share[peak] * shade).max())
    ended = np.flatnonzero(share[peak:] < ENDS)
    if not LIKE[0] <= share[peak] <= LIKE[1] or strange > STRANGE or not len(ended):
        return _shadow(change, np.median(skin.mean(-1), axis=0))
    strength = (share[peak] * size - STRONG[0]) / (STRONG[1] - STRONG[0])
    return float(np.clip(strength, 0, 1)) * (STEP * float(peak + ended[0]) + BESIDE)


def _shadow(change: np.ndarray, lent: np.ndarray) -> float:
    """How far below the drawn lips the shadow of the frame's own lower lip reaches, in mouth
    widths; 0 where there is none.

    change: by how much the frame differs from lent skin at the places, RGB, [STEPS, 3]; lent: how
    light that is, [STEPS].
    """
    level = change.mean(-1)
    peak = PEAK.start + int(np.argmin(level[PEAK]))
    depth = -float(level[peak])
    if np.median(lent[BELOW]) < BEARD * lent[PEAK].max() or np.ptp(change[peak]) > GREY * depth:
        return 0.0
    ended = np.flatnonzero(level[1:] > -SHADOW_ENDS * depth) + 1
    if not len(ended) or ended[0] <= peak:
        return 0.0
    strength = (depth - SHADOW[0]) / (SHADOW[1] - SHADOW[0])
    return float(np.clip(strength, 0, 1)) * (STEP * float(ended[0]) + BESIDE)


def covered(outline: np.ndarray, further_px: float) -> np.ndarray:
    """Draw the lips' outline around the frame's own lower lip, too.

    Args:
        outline: The outer contour of the drawn lips, [20, 2], in pixels.
        further_px: How much further down the own lip is to be covered, in its middle.

    Returns:
        The outline, [20, 2].
    """
    around = outline.copy()
    if further_px > 0:
        lower = len(shape.LOWER_OUTER) - 2
        around[-lower:, 1] += further_px * np.sin(np.pi * (np.arange(lower) + 1) / (lower + 1))
    return around
