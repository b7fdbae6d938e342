"""Upper teeth that no frame shows: a row, painted in the person's own tone."""

import numpy as np

from .dentition import Dentition, light
from .upper_teeth import CONTRAST, PALE_LIPS, ROW_RED, UpperTeeth, paler, redness, whiteness
from .warp import smoothstep
from .whole_row import behind

PAINTED, LOWER = 0.04, 0.004
"""How far a painted row reaches below the lip, in mouth widths: less than most rows do, since the
person's own is not seen; and how much lower the middles of its teeth are."""

BREADTH, PARTED = 0.34, 0.6
"""How far from the middle a painted row fades into the dark, in mouth widths, and how much is seen
of what is between its teeth. A row that reaches the corners, or whose teeth are clearly told apart,
looks like a denture; of ten people nine looked more natural so."""

UNSEEN, BRIGHTEST = 1.1, 1.5
"""How light painted teeth are against the skin: where nobody knows, and at most. Where teeth are
seen, their red is 0.9 to 1.25 times that of the skin beside the lips, and they are 1.2 to 1.8 times
as light as the face; a white wall behind a cheek is more."""
TURNED = 0.8, 1.2
"""How broad a half of a mouth is drawn, at least and at most, against that of one that is seen from
the front."""

PALE = 0.97
"""Teeth are among what is whiter than this share of an opening."""

RED = 0.46
"""How red painted teeth are at most, as a share of lips: the median of 21 people's own. What is
seen of teeth in the shade of lips is lit by them."""


def seen_tone(crop: np.ndarray, core: np.ndarray, lips: np.ndarray) -> np.ndarray | None:
    """Read the colour of teeth of which a frame shows no upper row: lower ones, or a few.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        core: Where the inner mouth is seen, [S, S] bool.
        lips: Their colour, RGB, [3] float32: nothing as red is a tooth.

    Returns:
        The colour, RGB, [3] float32; None where no teeth are seen.
    """
    dark, pale = np.quantile(whiteness(crop)[core], (0.1, PALE))
    colour = whitest(crop, core)
    if pale - dark < CONTRAST or paler(colour, lips, ROW_RED) <= 0:
        return None
    if redness(colour) > redness(lips):
        return None
    return paled(colour, lips) * min(1.0, BRIGHTEST * float(_skin(crop).mean() / colour.mean()))


def whitest(crop: np.ndarray, core: np.ndarray) -> np.ndarray:
    """Read the colour of what is whitest in an opening, whatever it is.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        core: Where the inner mouth is seen, [S, S] bool.

    Returns:
        RGB, [3] float32.
    """
    white = whiteness(crop)
    return np.median(crop[core & (white >= np.quantile(white[core], PALE))], axis=0).astype(
        np.float32
    )


def paled(colour: np.ndarray, lips: np.ndarray) -> np.ndarray:
    """Make a colour no redder than teeth are, and as light as it was; see `RED`.

    Args:
        colour: RGB, [3].
        lips: The lips' colour, RGB, [3].

    Returns:
        RGB, [3] float32.
    """
    most, red = RED * max(float(redness(lips)), PALE_LIPS), float(redness(colour))
    less = colour * np.array([1, *2 * [(1 - most) / (1 - red)]]) if red > most else colour
    return np.asarray(less * colour.mean() / max(float(less.mean()), 1.0), np.float32)


def unseen_tone(skin: np.ndarray, lips: np.ndarray) -> np.ndarray:
    """Find a colour for teeth of which nothing is seen: one in the light that the mouth is in.

    Args:
        skin: The colour of the skin beside the lips, RGB, [3]; where a beard is, teeth are at least
            as light as lips.
        lips: Their colour, RGB, [3].

    Returns:
        The colour, RGB, [3].
    """
    lit = skin * max(1.0, float(lips.mean() / max(skin.mean(), 1.0)))
    return np.minimum((0.6 * lit + 0.4 * lit.max()) * UNSEEN, 255)


def _skin(crop: np.ndarray) -> np.ndarray:
    return np.median(crop.reshape(-1, 3), axis=0).astype(np.float32)


def painted_row(
    crop: np.ndarray,
    upper: np.ndarray,
    width_px: float,
    softness_px: float,
    tone: np.ndarray,
) -> UpperTeeth:
    """Paint a row.

    Args:
        crop: A frame's crop, RGB, [S, S, 3] uint8.
        upper: The upper inner lip contour in it, [11, 2], in pixels.
        width_px: The mouth's width.
        softness_px: The blur of the picture.
        tone: Its colour, RGB, [3]; see `inner_seen.tone_of`.

    Returns:
        The row.
    """
    size = crop.shape[0]
    axis = np.arange(size, dtype=np.float32)
    across = _across(axis, upper[:, 0]) / width_px
    line = np.polyval(np.polyfit(upper[:, 0], upper[:, 1], 2), axis).astype(np.float32)
    down = (axis[:, None] - line) / width_px
    teeth, soft = Dentition(shown=PARTED), max(0.02, softness_px / width_px)
    edge = PAINTED + LOWER - 0.15 * across**2 - teeth.raised(across)
    share = smoothstep((edge - down) / soft + 0.5) * np.exp(-((across / BREADTH) ** 6))
    lit = light(across) * teeth.gaps(across, softness_px / width_px)
    colours = tone * lit[None, :, None] * behind(-down)[..., None]
    return UpperTeeth(colours.astype(np.float32), share.astype(np.float32), PAINTED, 0.0)


def _across(x: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """How far columns are from the middle of the upper lip, in pixels of a face that looks ahead.

    upper: the columns of its inner contour, [11]. In a face that looks aside, one half is broader.
    """
    left, middle, right = upper[0], upper[len(upper) // 2], upper[-1]
    halves = np.array([middle - left, right - middle])
    shares = np.clip(2 * halves / max(float(halves.sum()), 1.0), *TURNED)
    return np.asarray((x - middle) / np.where(x < middle, *shares))
