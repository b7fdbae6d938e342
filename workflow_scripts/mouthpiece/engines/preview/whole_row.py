"""A row of upper teeth, carried on to where a frame does not show it: up behind the lip, to the
sides, and down to its edge.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .avatar import CROP_SIDE
from .dentition import Dentition, light
from .warp import smoothstep

BEYOND, RIM = 0.36, 0.03
"""Teeth go on to this far from the middle, in mouth widths, also where a frame does not show them;
and how much of the seen ones, at each end, is in the shade or the red of the lips."""

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

NEAR_EDGE, BAND, VALLEY, DARKEST = 0.015, 0.08, 0.07, 0.74
"""Gaps between teeth are looked for between the first two above a row's edge; they are no broader
than the third, in mouth widths; and what is darker than the last share of the teeth beside it is
drawn no darker."""

SOFT = 0.008
"""How soft gaps are drawn where a frame shows none, in mouth widths."""

LIGHTEST = 1.08
"""How much lighter teeth may be than `dentition.light` has them, against the middle ones."""

DARK_BELOW = 0.6, 0.8
"""It is dark below teeth where it is less light than the first share of them and the second of the
lips."""

MIDDLE = 0.2
"""The middle of a row, to both sides, in mouth widths."""

HIDDEN = 0.16
"""How far teeth and gum are carried on behind the lip, in mouth widths, until they are dark."""


@dataclass(frozen=True)
class WholeRow:
    """A row in the crop of the frame that shows it.

    Attributes:
        colours: RGB, [S, S, 3] float32.
        share: How much of a pixel is teeth, [S, S] float32.
        edge: The arc of its lower edge: its place in each column, [S], in pixels.
        edged: Under how much of its middle it is dark: there the edge is that of the teeth.
    """

    colours: np.ndarray
    share: np.ndarray
    edge: np.ndarray
    edged: float


def whole(
    crop: np.ndarray,
    row: np.ndarray,
    core: np.ndarray,
    white: np.ndarray,
    width_px: float,
    lips: np.ndarray,
) -> WholeRow:
    """Carry a row on: each column goes on upwards, and down to the row's edge.

    It goes on in its whitest colour: at the lip, teeth are in its shade, and its red is on them.
    The edge is an arc with the teeth's corners. What reaches further down belongs to other teeth,
    or gleams.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        row: What of it is seen, [S, S] float32.
        core: Where the inner mouth is seen, [S, S] bool.
        white: How much whiter than the dark it is, [S, S].
        width_px: The mouth's width.
        lips: Their colour, RGB, [3].

    Returns:
        The whole row.
    """
    seen = np.flatnonzero(core.any(0))
    across = (np.arange(len(row)) - (seen[0] + seen[-1]) / 2) / width_px
    gap = np.ones((1, round(GAP * width_px) | 1), np.uint8)
    toothed = cv2.morphologyEx((row.max(0) > 0.5).astype(np.uint8)[None], cv2.MORPH_CLOSE, gap)[0]
    arc = _row_edge(row, width_px)
    own = _own_gaps(crop, core & (toothed > 0), arc, width_px)
    teeth = Dentition.fitted(1 - own, across, len(row) / CROP_SIDE / width_px)
    gaps = np.minimum(teeth.kept(own, across), teeth.gaps(across, SOFT))
    tooth, columns = _tooth(crop, row, core, white, width_px)
    columns, toothed = _carried_aside(columns, toothed, across, width_px)
    cap = _shade(columns, across, width_px)
    above = _above_lip(core) / width_px
    hidden = (columns * (gaps * cap)[:, None]) * behind(above)[..., None]
    lit = crop * (cap * np.minimum(gaps / own, 1))[:, None]
    solid = cv2.erode(tooth * (above <= 0), np.ones((3, 3), np.uint8))
    shown = cv2.GaussianBlur(solid, (0, 0), len(row) / 256)[..., None]
    share = _down_to(arc - teeth.raised(across) * width_px, toothed, width_px)
    lights = float(np.median(crop[row > 0.5].mean(1))), float(lips.mean())
    dark = _dark_below(crop.mean(2), core, min(np.multiply(DARK_BELOW, lights)), arc, width_px)
    edged = float(dark[np.abs(across) < MIDDLE].mean())
    return WholeRow((hidden + shown * (lit - hidden)).astype(np.float32), share, arc, edged)


def _tooth(
    crop: np.ndarray, row: np.ndarray, core: np.ndarray, white: np.ndarray, width_px: float
) -> tuple[np.ndarray, np.ndarray]:
    """Where a row shows teeth out of the lip's shade, [S, S], and the colour of each column of it,
    [S, 3]; see `whole`.
    """
    whitest = np.maximum(_closed(np.where(row > 0.5, white, 0).max(0), width_px), 1e-3)
    tooth = row * smoothstep((white / whitest - WHITE) / (WHITEST - WHITE))
    high = -_above_lip(core) < max(2, round(TOP_SHARE * width_px))
    return tooth, _column_colours(crop, tooth * high + 1e-3 * tooth + 1e-6 * row, width_px)


def _above_lip(core: np.ndarray) -> np.ndarray:
    """How far above the upper lip's edge places are, [S, S], in pixels."""
    first = np.where(core.any(0), core.argmax(0), len(core))
    return np.asarray(first - np.arange(len(core), dtype=np.float32)[:, None])


def _down_to(edge: np.ndarray, toothed: np.ndarray, width_px: float) -> np.ndarray:
    """How much of each place is teeth that go down to an edge, [S], in toothed columns, [S]."""
    y = np.arange(len(edge), dtype=np.float32)[:, None]
    above = smoothstep((edge - y) / (0.02 * width_px) + 0.5)
    sides = cv2.GaussianBlur(toothed.astype(np.float32)[None], (0, 0), 0.01 * len(edge))[0]
    return np.asarray(above * sides, np.float32)


def _column_colours(crop: np.ndarray, weight: np.ndarray, width_px: float) -> np.ndarray:
    """The colour of each column, [S, 3]; columns that have none take it from those beside them."""
    sums = (crop * weight[..., None]).sum(0), weight.sum(0)[:, None]
    near, wide = (_blurred(sums, sigma * width_px) for sigma in (0.02, 0.05))
    lacking = smoothstep(1 - near[1] / np.maximum(0.5 * wide[1], 1e-9))
    colour = near[0] / np.maximum(near[1], 1e-9)
    colour += lacking * (wide[0] / np.maximum(wide[1], 1e-9) - colour)
    return np.asarray(colour)


def _own_gaps(
    crop: np.ndarray, toothed: np.ndarray, arc: np.ndarray, width_px: float
) -> np.ndarray:
    """How light each column of a row is against the teeth beside it, [S]: gaps are darker.

    toothed: where the inner mouth is seen in columns with teeth, [S, S] bool.
    """
    y = np.arange(len(crop), dtype=np.float32)[:, None]
    band = toothed & (y < arc - NEAR_EDGE * width_px) & (y > arc - BAND * width_px)
    sums = (crop.mean(2) * band).sum(0)[:, None], band.sum(0).astype(np.float32)[:, None]
    total, count = _blurred(sums, 0.005 * width_px)
    level = (total / np.maximum(count, 1e-6))[:, 0].astype(np.float32)
    known = count[:, 0] > 0.5
    if not known.any():
        return np.ones(len(crop))
    level = np.interp(np.arange(len(level)), np.flatnonzero(known), level[known]).astype(np.float32)
    return np.clip(level / np.maximum(_closed(level, width_px), 1), DARKEST, 1)


def _closed(levels: np.ndarray, width_px: float) -> np.ndarray:
    """Levels of columns [S] without the dips where teeth meet."""
    valley = np.ones((1, round(VALLEY * width_px) | 1), np.uint8)
    return np.asarray(cv2.morphologyEx(levels.astype(np.float32)[None], cv2.MORPH_CLOSE, valley)[0])


def _carried_aside(
    colour: np.ndarray, toothed: np.ndarray, across: np.ndarray, width_px: float
) -> tuple[np.ndarray, np.ndarray]:
    """Colours [S, 3] of columns and which have teeth [S], both carried on to the sides."""
    columns, rim, places = np.flatnonzero(toothed), round(RIM * width_px), np.arange(len(toothed))
    columns = columns[rim : len(columns) - rim] if len(columns) > 2 * rim else columns
    last = np.clip(places, columns[0], columns[-1])
    less = np.minimum(light(across) / light(across[last]), 1)
    return colour[last] * less[:, None], np.maximum(toothed, np.abs(across) < BEYOND)


def _shade(colour: np.ndarray, across: np.ndarray, width_px: float) -> np.ndarray:
    """What columns' colours [S, 3] are to be darkened by, [S].

    No tooth is lighter than those of most people are, so far from the middle.
    """
    own = cv2.GaussianBlur(colour.mean(1).astype(np.float32)[None], (0, 0), 0.04 * width_px)[0]
    middle = float(np.median(own[np.abs(across) < 0.12]))
    return np.minimum(1, light(across) * LIGHTEST * middle / np.maximum(own, 1))


def _dark_below(
    level: np.ndarray, core: np.ndarray, darkest: float, arc: np.ndarray, width_px: float
) -> np.ndarray:
    """Whether it is dark below each column of a row, before the lower lip or teeth begin, [S].

    level: the light, [S, S]; darkest: what is less is dark.
    """
    y = np.arange(len(level), dtype=np.float32)[:, None]
    below = core & (y > arc - 0.02 * width_px) & (y < arc + 0.05 * width_px)
    return np.asarray(np.where(below, level, np.inf).min(0) < darkest)


def _blurred(columns: tuple[np.ndarray, ...], sigma_px: float) -> list[np.ndarray]:
    """Values of columns, [S, C] each, blurred from column to column."""
    rows = (one.astype(np.float32)[None] for one in columns)
    blurred = (cv2.GaussianBlur(row, (0, 0), sigmaX=sigma_px, sigmaY=0.01) for row in rows)
    return [row.reshape(one.shape) for row, one in zip(blurred, columns, strict=True)]


def _row_edge(row: np.ndarray, width_px: float) -> np.ndarray:
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


def behind(away: np.ndarray) -> np.ndarray:
    """Find the light on what a lip hides.

    Args:
        away: How far above the lip's edge it lies, in mouth widths.

    Returns:
        The share of the light on what shows.
    """
    return np.asarray(np.exp(-((np.maximum(away, 0) / HIDDEN) ** 2)), np.float32)
