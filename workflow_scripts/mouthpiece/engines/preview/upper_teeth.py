"""The upper teeth: one row, as rigid as the skull that it goes with.

The row is cut out of the frame that shows it best, without the dark below it, and carried on (see
`whole_row`). Where a person shows none, or hardly any, one is painted (see `painted_teeth`).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .warp import smoothstep
from .whole_row import whole

PALE_LIPS = 0.28
"""Lips whose red is not this much more than their green and blue are as pale as teeth. What is
redder is no tooth beside them, either."""

CONTRAST = 14.0
"""How much whiter than the dark behind them teeth are at least, in CIE L less a."""

SHADED = 0.4
"""How white teeth in the shade of the cheeks are, as a share of those in the middle."""

ENDS = 0.65
"""A tooth ends where it is less white than this share of its whitest, beyond the dark."""

TOP = 0.4
"""The upper share of an opening in which upper teeth begin."""

LEAST, MOST = 0.05, 0.2
"""A row that is less high than the first, in mouth widths, shows too little of the teeth; one that
is higher than the second shows the lower ones, too."""

LIP_RED, ROW_RED = 0.9, 0.63
"""What is as red as the first share of the lips is no tooth, though the lips' red is on it, too. A
row whose median is as red as the second is a tongue, or a lip that gleams."""

LIGHTER, LIGHT_RED = (1.25, 1.6), 0.22
"""Teeth in warm light are red, too, but lighter than tongues: of a row, what is as much lighter
than the lips as the second may be redder by so great a share of their red, what is less than the
first not. Alone, it may be a lip that gleams."""

DARK, DARK_ABOVE = 0.5, 0.035
"""What is darker than this share of the lips' light is the dark of the mouth. Upper teeth hang from
the lip: where so much of it is above them, in mouth widths, they are lower ones."""

SEEN_SHARE = 0.6
"""The share of the middle columns that must show teeth."""


@dataclass(frozen=True)
class UpperTeeth:
    """A row of upper teeth in the crop of the frame that shows it.

    Attributes:
        colours: RGB, [S, S, 3] float32.
        share: How much of a pixel is teeth, [S, S] float32.
        reach: How far the row reaches below the lip in that frame, in mouth widths.
        breadth: From which to which column it is seen, in mouth widths.
        tilt: How much steeper its edge is than the upper lip above it, as a slope.
        edged: Under how much of its middle it is dark.
    """

    colours: np.ndarray
    share: np.ndarray
    reach: float
    breadth: float
    tilt: float = 0.0
    edged: float = 0.0


def seen_row(
    crop: np.ndarray,
    core: np.ndarray,
    depth: np.ndarray,
    width_px: float,
    lips: np.ndarray,
    in_warm_light: bool = False,
) -> UpperTeeth | None:
    """Cut the row out of a frame.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        core: Where the inner mouth is seen, [S, S] bool.
        depth: How deep each pixel lies in the opening, [S, S], 0 at the upper lip, 1 at the lower.
        width_px: The mouth's width.
        lips: Their colour, RGB, [3] float32: nothing as red is a tooth.
        in_warm_light: Whether what is much lighter than lips may be nearly as red.

    Returns:
        The row; None where too little of it is seen.
    """
    toothlike = _lighter_or_paler if in_warm_light else paler
    white = whiteness(crop)
    dark, pale = np.quantile(white[core], (0.1, 0.97))
    if pale - dark < CONTRAST:
        return None
    top = np.where(core & (depth < TOP), white, dark).max(0)
    above = cv2.GaussianBlur((top - dark)[None], (0, 0), 0.06 * width_px)
    above = np.maximum(above, SHADED * (pale - dark))
    share = smoothstep(2 * (white - dark) / above - 0.5) * core
    share = share * toothlike(_soft(crop).astype(np.float32), lips, LIP_RED)
    begun = np.maximum.accumulate((share > 0.5) & (depth < TOP), axis=0)
    black = core & ~begun & (crop.mean(2) < DARK * lips.mean())
    begun &= black.sum(0) < max(2, DARK_ABOVE * width_px)
    brightest = np.maximum.accumulate(np.where(begun, white - dark, 0), axis=0)
    ended = np.maximum.accumulate(begun & (white - dark < ENDS * brightest), axis=0)
    row = np.where(begun & ~ended, share, 0).astype(np.float32)
    height = row.sum(0)
    columns = np.flatnonzero(core.any(0))
    middle = columns[len(columns) // 4 : len(columns) - len(columns) // 4]
    shown = height[middle] >= LEAST * width_px
    if not len(middle) or shown.mean() < SEEN_SHARE:
        return None
    reach = float(np.median(height[middle[shown]])) / width_px
    colour = np.median(crop[row > 0.5], axis=0).astype(np.float32)
    if reach > MOST or toothlike(colour, lips, ROW_RED) <= 0 or redness(colour) > redness(lips):
        return None  # pale lips tell no row that is as red as they are from teeth, but it is a lip
    toothed = np.flatnonzero(row.max(0) > 0.5)
    breadth = float(np.ptp(toothed)) / width_px
    found = whole(crop, row, core, white - dark, width_px, lips)
    below_lip = found.edge - core.argmax(0)
    tilt = float(np.polyfit(toothed, below_lip[toothed], 1)[0]) if breadth else 0.0
    return UpperTeeth(found.colours, found.share, reach, breadth, tilt, found.edged)


def whiteness(crop: np.ndarray) -> np.ndarray:
    """Measure how white places are: teeth are light, and not red.

    Args:
        crop: A frame's crop, RGB, [S, S, 3] uint8.

    Returns:
        CIE L less a, slightly blurred, [S, S] float32.
    """
    lab = cv2.cvtColor(_soft(crop).astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    return np.asarray(lab[..., 0] - lab[..., 1])


def _soft(crop: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), 0.6 * crop.shape[0] / 256))


def _lighter_or_paler(colours: np.ndarray, lips: np.ndarray, most: float) -> np.ndarray:
    """See `paler`; the lighter colours are, the redder they may be."""
    lighter = colours.mean(-1) / max(float(lips.mean()), 1.0) - LIGHTER[0]
    return paler(colours, lips, most + LIGHT_RED * smoothstep(lighter / (LIGHTER[1] - LIGHTER[0])))


def paler(colours: np.ndarray, lips: np.ndarray, most: float | np.ndarray) -> np.ndarray:
    """Find what is paler than lips, as teeth are.

    Args:
        colours: RGB, [..., 3] float32.
        lips: Their colour, RGB, [3] float32.
        most: What is as red as this share of the lips counts as lip, one or [...].

    Returns:
        [...] float32 in [0, 1]. Beside lips that are pale themselves, it is all but what is redder.
    """
    if redness(lips) < PALE_LIPS:
        return smoothstep(4 * (1 - redness(colours) / PALE_LIPS) + 0.5)
    return smoothstep(4 * (most - redness(colours) / redness(lips)))


def redness(colours: np.ndarray) -> np.ndarray:
    """Measure how red colours are.

    Args:
        colours: RGB, [..., 3].

    Returns:
        The share of red that green and blue lack, [...].
    """
    return np.asarray(1 - colours[..., 1:].mean(-1) / np.maximum(colours[..., 0], 1))
