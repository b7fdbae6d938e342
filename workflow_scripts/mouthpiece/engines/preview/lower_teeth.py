"""The lower teeth: a short row that stands on the lower lip, and goes with the jaw."""

import cv2
import numpy as np

from ...core.spans import find_spans
from .colours import carried_on
from .dentition import light
from .upper_teeth import paler
from .warp import smoothstep

LEAST, BREADTH, HEIGHT = 0.006, 0.14, 0.05
"""The least area of a row or a tongue, in squared mouth widths, and how broad and high it is at
least without a gap, in mouth widths: less is a gleam or a rim. Two teeth are as broad."""

ASIDE = 0.15
"""How far from the middle of the mouth the middle of a row lies at most, in mouth widths."""

ABOVE_LIP = 0.06
"""How far above the lip it ends at most, in mouth widths: what ends higher floats, and is a gleam
on the tongue, or what the dark below upper teeth parted from them."""

GAP, LOW = 0.04, 0.02
"""What joins a row: columns that are apart by less than the first, and show more than the second,
in mouth widths."""

ENDS = 0.12
"""Over how much of a row, at each end, it fades into the dark, in mouth widths."""

NARROWER, DIMMER = 1.3, 0.92
"""How much narrower the arch of lower teeth is than that of upper ones, whose light falls off as
`dentition.light` has it; and how light they are at most against them, in the shade of the lip."""

BEHIND, LEFT = 0.08, 0.45
"""How far behind the lip the light on teeth falls, in mouth widths, and how much of it is left."""


def parting(crop: np.ndarray, depth: np.ndarray, shown: np.ndarray, beyond: np.ndarray) -> float:
    """Find where the upper part of an opening ends: in its darkest row, if what lies under that is
    brighter again.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        depth: How deep each pixel lies in the opening, [S, S], 0 at the upper lip, 1 at the lower.
        shown: Where the inner mouth is seen, [S, S] bool.
        beyond: The same without the upper teeth.

    Returns:
        A share of the opening's height; 1 where nothing lies below.
    """
    level = crop.astype(np.float32).mean(2)
    edges = np.linspace(0, 1, 13)
    known_light, row = level[beyond], np.digitize(depth[beyond], edges) - 1
    rows = [known_light[row == k] for k in range(12)]
    known = [(k, row.mean()) for k, row in enumerate(rows) if len(row) >= 4]
    within = [(k, value) for k, value in known if 4 <= k <= 10]
    if not within:
        return 1.0
    darkest, least = min(within, key=lambda item: item[1])
    below = max((value for k, value in known if k > darkest), default=least)
    span = float(np.quantile(level[shown], 0.95)) - least
    return float((edges[darkest] + edges[darkest + 1]) / 2) if below > least + 0.25 * span else 1.0


def standing(share: np.ndarray, low: np.ndarray, middle: float, width_px: float) -> np.ndarray:
    """Keep what is a row of teeth, or a tongue, that stands on the lip.

    Args:
        share: How much of a pixel may be such, where the inner mouth is seen, [S, S] float32.
        low: The lower lip's inner edge: its place in each column, [S], in pixels.
        middle: The mouth's middle column.
        width_px: The mouth's width.

    Returns:
        The same of the row alone, carried on down behind the lip and faded at its ends, [S, S]
        float32; zeros where there is none.
    """
    height = share.sum(0)
    none = np.zeros_like(share)
    rows = find_spans(height > HEIGHT * width_px)
    start, end = max(rows, key=lambda span: span[1] - span[0], default=(0, 0))
    if share.sum() < LEAST * width_px**2 or end - start < BREADTH * width_px:
        return none
    joined = (height > LOW * width_px).astype(np.uint8)[None]
    joined = cv2.morphologyEx(joined, cv2.MORPH_CLOSE, np.ones((1, round(GAP * width_px) | 1)))
    first, last = next(span for span in find_spans(joined[0] > 0) if span[0] <= start < span[1])
    columns = np.arange(start + (end - start) // 4, end - (end - start) // 4)
    lowest = len(share) - (share[::-1, columns] > 0.5).argmax(0)
    gap = np.median(low[columns] - lowest)
    if abs((first + last) / 2 - middle) > ASIDE * width_px or gap > ABOVE_LIP * width_px:
        return none
    places = np.arange(len(height))
    inside = np.minimum(places - first, last - 1 - places) / width_px
    return np.asarray(np.maximum.accumulate(share, axis=0) * smoothstep(inside / ENDS), np.float32)


def lit(
    crop: np.ndarray,
    share: np.ndarray,
    shown: np.ndarray,
    middle: float,
    width_px: float,
    upper: float,
) -> np.ndarray:
    """Colour a row of lower teeth, also where the lip hides it.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        share: How much of a pixel is seen of it, [S, S].
        shown: Where the inner mouth is seen, [S, S] bool.
        middle: The mouth's middle column.
        width_px: The mouth's width.
        upper: The light on the upper teeth.

    Returns:
        RGB, [S, S, 3] float32.
    """
    seen = (share > min(0.5, float(share.max()) / 2)).astype(np.float32)
    own = (crop.mean(2) * seen).max(0)
    columns = np.flatnonzero(seen.any(0))
    places = np.arange(len(own))
    own = np.interp(places, columns, own[columns]).astype(np.float32)
    own = cv2.GaussianBlur(own[None], (0, 0), 0.05 * width_px)[0]
    cap = DIMMER * upper * light(NARROWER * (places - middle) / width_px)
    away = cv2.distanceTransform((~shown).astype(np.uint8), cv2.DIST_L2, 5) / width_px
    shade = LEFT + (1 - LEFT) * np.exp(-((away / BEHIND) ** 2))
    colours = carried_on(crop.astype(np.float32), seen)
    return np.asarray(colours * (np.minimum(1, cap / np.maximum(own, 1)) * shade)[..., None])


def unlike_lips(crop: np.ndarray, lips: np.ndarray) -> np.ndarray:
    """Find where a picture is paler than lips, as teeth are, and not dark; lips that are pale
    themselves tell only the dark.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        lips: Their colour, RGB, [3] float32.

    Returns:
        [S, S] float32.
    """
    soft = cv2.GaussianBlur(crop, (0, 0), 0.006 * crop.shape[0]).astype(np.float32)
    return paler(soft, lips, 0.8) * smoothstep(2 * soft.mean(2) / lips.mean() - 0.6)
