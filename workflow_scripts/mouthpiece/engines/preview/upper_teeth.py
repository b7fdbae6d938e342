"""The upper teeth: one row, as rigid as the skull that it goes with.

The row is cut out of the frame that shows it best, without the dark below it, and carried on
upwards, where the lip hides it. Where a person shows none, or hardly any, a row is painted in their
own tone.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .warp import smoothstep

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

BEYOND, SHADE, RIM = 0.3, 0.14, 0.03
"""Teeth go on to this far from the middle, in mouth widths, also where a frame does not show them;
how soon they are lost in the shade of the cheeks; and how much of the seen ones, at each end, is in
the shade or the red of the lips."""

DARK, DARK_ABOVE = 0.5, 0.035
"""What is darker than this share of the lips' light is the dark of the mouth. Upper teeth hang from
the lip: where so much of it is above them, in mouth widths, they are lower ones."""

EDGE_SPREAD = 0.03
"""How far from the row's arc the edge of a tooth may lie, in mouth widths."""

ARCHED = 0.5
"""How arched the edge of a row is at most, for each mouth width: half a mouth width from its lowest
place it is a quarter of this higher, in mouth widths. A row that looks more arched goes on behind
the lower lip, which bounds what is seen of it."""

GAP = 0.08
"""Columns without teeth between others, up to this, in mouth widths, are those of a missing one."""

TOP_SHARE = 0.08
"""The part of a column, in mouth widths from the lip on, of which it is carried on."""

WHITE, WHITEST = 0.7, 0.9
"""What is less white than this share of the whitest of its column is the lip's shade or red on a
tooth, and what is as white as the second is the tooth itself."""

SEEN_SHARE = 0.6
"""The share of the middle columns that must show teeth."""

HIDDEN = 0.16
"""How far teeth and gum are carried on behind the lip, in mouth widths, until they are dark."""

PAINTED = 0.04
"""How far a painted row reaches below the lip, in mouth widths: less than most rows do, since the
person's own is not seen."""

UNSEEN, BRIGHTEST = 1.1, 1.5
"""How light painted teeth are against the skin: where nobody knows, and at most. Where teeth are
seen, their red is 0.9 to 1.25 times that of the skin beside the lips, and they are 1.2 to 1.8 times
as light as the face; a white wall behind a cheek is more."""

TEETH_EDGES = (0.0, 0.1, 0.175, 0.25, 0.315)
"""Where painted teeth meet, in mouth widths from the middle."""


@dataclass(frozen=True)
class UpperTeeth:
    """A row of upper teeth in the crop of the frame that shows it.

    Attributes:
        colours: RGB, [S, S, 3] float32.
        share: How much of a pixel is teeth, [S, S] float32.
        reach: How far the row reaches below the lip in that frame, in mouth widths.
        breadth: From which to which column it is seen, in mouth widths.
        tilt: How much steeper its edge is than the upper lip above it, as a slope.
    """

    colours: np.ndarray
    share: np.ndarray
    reach: float
    breadth: float
    tilt: float = 0.0


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
    white = _white(crop)
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
    if reach > MOST or toothlike(colour, lips, ROW_RED) <= 0:
        return None
    toothed = np.flatnonzero(row.max(0) > 0.5)
    breadth = float(np.ptp(toothed)) / width_px
    lip, edge = core.argmax(0), _edge(row, width_px)
    tilt = float(np.polyfit(toothed, (edge - lip)[toothed], 1)[0]) if breadth else 0.0
    return UpperTeeth(*_completed(crop, row, core, white - dark, width_px), reach, breadth, tilt)


def seen_tone(crop: np.ndarray, core: np.ndarray, lips: np.ndarray) -> np.ndarray | None:
    """Read the colour of teeth of which a frame shows no upper row: lower ones, or a few.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        core: Where the inner mouth is seen, [S, S] bool.
        lips: Their colour, RGB, [3] float32: nothing as red is a tooth.

    Returns:
        The colour, RGB, [3] float32; None where no teeth are seen.
    """
    white = _white(crop)
    dark, pale = np.quantile(white[core], (0.1, 0.97))
    colour = np.median(crop[core & (white >= pale)], axis=0).astype(np.float32)
    if pale - dark < CONTRAST or paler(colour, lips, ROW_RED) <= 0:
        return None
    return colour * min(1.0, BRIGHTEST * float(_skin(crop).mean() / colour.mean()))


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
        tone: Its colour, RGB, [3]; see `seen_tone` and `unseen_tone`.

    Returns:
        The row.
    """
    size = crop.shape[0]
    axis = np.arange(size, dtype=np.float32)
    across = (axis - (upper[0, 0] + upper[-1, 0]) / 2) / width_px
    line = np.polyval(np.polyfit(upper[:, 0], upper[:, 1], 2), axis).astype(np.float32)
    down = (axis[:, None] - line) / width_px
    edge = PAINTED - 0.15 * across**2
    soft = max(0.02, softness_px / width_px)
    share = smoothstep((edge - down) / soft + 0.5) * np.exp(-((across / 0.36) ** 6))
    apart = np.abs(np.abs(across)[:, None] - np.array(TEETH_EDGES)).min(1)
    gaps = 1 - 0.1 * np.exp(-((apart / max(0.006, soft / 2)) ** 2))
    light = np.clip(1 - 2.4 * across**2, 0.3, 1) * gaps
    colours = tone * light[None, :, None] * _behind(-down)[..., None]
    return UpperTeeth(colours.astype(np.float32), share.astype(np.float32), PAINTED, 0.0)


def _white(crop: np.ndarray) -> np.ndarray:
    """CIE L less a, slightly blurred, [S, S] float32: teeth are light, and not red."""
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
    if _redness(lips) < PALE_LIPS:
        return smoothstep(4 * (1 - _redness(colours) / PALE_LIPS) + 0.5)
    return smoothstep(4 * (most - _redness(colours) / _redness(lips)))


def _redness(colours: np.ndarray) -> np.ndarray:
    """How red colours [..., 3] are: the share of red that green and blue lack."""
    return np.asarray(1 - colours[..., 1:].mean(-1) / np.maximum(colours[..., 0], 1))


def _completed(
    crop: np.ndarray, row: np.ndarray, core: np.ndarray, white: np.ndarray, width_px: float
) -> tuple[np.ndarray, np.ndarray]:
    """Colours and share of a row [S, S]: each column goes on upwards, and down to the row's edge.

    It goes on in its whitest colour: at the lip, teeth are in its shade, and its red is on them.
    The edge is an arc. What reaches further down belongs to other teeth, or gleams.

    white: how much whiter than the dark it is, [S, S].
    """
    size = len(row)
    y = np.arange(size, dtype=np.float32)[:, None]
    first = np.where(core.any(0), core.argmax(0), size)
    gap = np.ones((1, round(GAP * width_px) | 1), np.uint8)
    toothed = cv2.morphologyEx((row.max(0) > 0.5).astype(np.uint8)[None], cv2.MORPH_CLOSE, gap)[0]
    whitest = np.maximum(np.where(row > 0.5, white, 0).max(0), 1e-3)
    tooth = row * smoothstep((white / whitest - WHITE) / (WHITEST - WHITE))
    weight = tooth * (y < first + max(2, round(TOP_SHARE * width_px))) + 1e-3 * tooth + 1e-6 * row
    sums = (crop * weight[..., None]).sum(0), weight.sum(0)[:, None]
    near, wide = (_blurred(sums, sigma * width_px) for sigma in (0.012, 0.05))
    lacking = smoothstep(1 - near[1] / np.maximum(0.5 * wide[1], 1e-9))
    colour = near[0] / np.maximum(near[1], 1e-9)
    colour += lacking * (wide[0] / np.maximum(wide[1], 1e-9) - colour)
    colour, toothed = _carried_aside(np.asarray(colour), toothed, core, width_px)
    colour = colour * _behind((first - y) / width_px)[..., None]
    edge = _edge(row, width_px)
    above = smoothstep((edge - y) / (0.02 * width_px) + 0.5)
    sides = cv2.GaussianBlur(toothed.astype(np.float32)[None], (0, 0), 0.01 * size)[0]
    solid = cv2.erode(tooth * (y >= first), np.ones((3, 3), np.uint8))
    seen = cv2.GaussianBlur(solid, (0, 0), size / 256)[..., None]
    return (colour + seen * (crop - colour)).astype(np.float32), above * sides


def _carried_aside(
    colour: np.ndarray, toothed: np.ndarray, core: np.ndarray, width_px: float
) -> tuple[np.ndarray, np.ndarray]:
    """Colours [S, 3] of columns and which have teeth [S], both carried on to the sides."""
    columns, seen = np.flatnonzero(toothed), np.flatnonzero(core.any(0))
    rim, places = round(RIM * width_px), np.arange(len(toothed))
    columns = columns[rim : len(columns) - rim] if len(columns) > 2 * rim else columns
    last = np.clip(places, columns[0], columns[-1])
    away = np.abs(places - last) / (SHADE * width_px)
    within = np.abs(places - (seen[0] + seen[-1]) / 2) < BEYOND * width_px
    return colour[last] * np.exp(-(away**2))[:, None], np.maximum(toothed, within)


def _blurred(columns: tuple[np.ndarray, ...], sigma_px: float) -> list[np.ndarray]:
    """Values of columns, [S, C] each, blurred from column to column."""
    rows = (one.astype(np.float32)[None] for one in columns)
    blurred = (cv2.GaussianBlur(row, (0, 0), sigmaX=sigma_px, sigmaY=0.01) for row in rows)
    return [row.reshape(one.shape) for row, one in zip(blurred, columns, strict=True)]


def _edge(row: np.ndarray, width_px: float) -> np.ndarray:
    """The parabola [S] through the lower edges of most of the columns of a row [S, S].

    One that is too arched is opened about its lowest place: see `ARCHED`.
    """
    edge = np.where(row > 0.5, np.arange(len(row), dtype=np.float32)[:, None], 0).max(0)
    columns, places = np.flatnonzero(edge), np.arange(len(edge))
    for _ in range(3):
        curve = np.polyfit(columns, edge[columns], 2)
        if curve[0] > 0:  # the middle ones reach as far as those beside them
            curve = np.array([0, *np.polyfit(columns, edge[columns], 1)])
        arc = np.polyval(curve, places)
        near = columns[np.abs(edge[columns] - arc[columns]) < EDGE_SPREAD * width_px]
        columns = near if len(near) > 8 else columns
    lacking = max(0.0, -ARCHED / width_px - float(curve[0]))
    lowest = columns[arc[columns].argmax()]
    return np.asarray(arc + lacking * (places - lowest) ** 2)


def _behind(away: np.ndarray) -> np.ndarray:
    """The light on what lies so far above the lip's edge, in mouth widths."""
    return np.asarray(np.exp(-((np.maximum(away, 0) / HIDDEN) ** 2)), np.float32)
