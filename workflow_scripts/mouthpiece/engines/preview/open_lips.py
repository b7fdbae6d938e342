"""The lips of a frame with an open mouth, to be lent to others: nothing but lips.

What is between them is filled with the lips around it, and so is what lies on them: where the mesh
draws the mouth less open than it is, teeth and the dark behind them lie on its lips.
"""

import cv2
import numpy as np

from . import contour, opening, shape
from .colours import carried_on, lip_colour, skin_colour
from .upper_teeth import whiteness

BEYOND_EDGE = 0.03
"""How far beyond the inner contours of open lips their edge may be dark, in mouth widths."""

RIDGE, LESS_RED, WHITE_LINES = 14.0, 0.7, 2
"""Across a lip, a ridge that is higher than the first, in CIE L less a, and less red than the lip
beyond it by the second factor is teeth, if so many lines show one."""

DARK, DARK_STEPS, DARK_LINES = 0.6, 3, 3
"""What is less light than this share of a lip is the dark between lips, if so many samples of so
many lines across the lip are dark where it should begin."""

LIT, EDGE_STEPS = 0.8, 10
"""Between an opening and teeth there is no lip: so many samples at most are lighter than the first
share of the lip beyond them. Before a gleam there are more."""

WITHIN = 0.28
"""How far beyond the opening teeth are looked for, as a share of a line."""

ACROSS = slice(2, 7)
"""The lines across the middle of the lips, which are looked at."""

WHITER = 10.0
"""What is whiter than lips by so much, in CIE L less a, is teeth on a lip that has any."""

APART, RIM, OVERLAP = 0.02, 0.015, 0.025
"""What is nearer than the first to an opening, in mouth widths, goes on from it; what is nearer
than the second to the outer contour is skin beside the lips; and by how much more than what is
found is filled."""

OVERSHADOWED = 18.0
"""By how much lips are darker than the skin around them, in levels of 255, whose tips are seen
beyond the mesh."""

CORNERS, LIP_LIKE = 0.3, 0.5
"""The part of the mouth at each corner, as a share of it, in which the mesh holds skin, too; and
how near to the lips' colour, as a share of the way to it from the skin's, a place is that is taken
for lip there."""


def filled(crop: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Fill what is no lip between the outer contours with the lips around it.

    A wider opening is drawn over it, but not in the corners: what is there would look torn.

    Args:
        crop: The frame's crop, RGB, [S, S, 3] uint8.
        points: Its mesh, [468, 2], in crop pixels.

    Returns:
        The crop, [S, S, 3] uint8; as it was where all of the mouth is open.
    """
    size = crop.shape[0]
    width = float(np.linalg.norm(points[61] - points[291]))
    outline = np.zeros((size, size), np.uint8)
    cv2.fillPoly(outline, [np.round(points[list(shape.LIPS_OUTER)]).astype(np.int32)], 1)
    lips = outline > 0
    between = opening.area(*opening.contours(points), (size, size), 0) > 0.3
    hole = _changed(cv2.MORPH_DILATE, between, BEYOND_EDGE * width)
    sides = _fouled(crop, points)
    if any(sides):
        hole |= _going_on(crop, points, hole & lips, lips, width) & _on(sides, points, size)
    known = lips & ~hole & ~_skin_in_corners(crop, points, width)
    if not known.any():
        return crop
    picture = crop.astype(np.float32)
    area = (hole & lips).astype(np.float32)
    share = cv2.GaussianBlur(area, (0, 0), 0.008 * size)[..., None]
    picture += share * (carried_on(picture, known.astype(np.float32)) - picture)
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


def _fouled(crop: np.ndarray, points: np.ndarray) -> tuple[bool, bool]:
    """Whether there is something else on the upper and on the lower lip, beside the opening."""
    lines = contour.profile(crop, points)[ACROSS]
    upper, lower = (edge[0, ACROSS] for edge in contour.mesh_shares(points[None]))
    return _is_fouled(lines[:, ::-1], 1 - upper), _is_fouled(lines, lower)


def _is_fouled(lines: np.ndarray, edges: np.ndarray) -> bool:
    """The same of one lip.

    lines: what `contour.profile` reads, from the other lip to this one, [L, STEPS, 3]; edges: where
    this one begins, as a share of each, [L].
    """
    found = [_ridge_and_dark(line, edge) for line, edge in zip(lines, edges, strict=True)]
    white = sum(ridge > RIDGE and red < LESS_RED for ridge, red, _ in found)
    dark = sum(steps >= DARK_STEPS for *_, steps in found)
    return white >= WHITE_LINES or dark >= DARK_LINES


def _ridge_and_dark(line: np.ndarray, edge: float) -> tuple[float, float, int]:
    """How high the ridge beside an opening is, in CIE L less a, how red it is against the lip
    beyond it, and in how many samples it is dark there; see `_is_fouled`.
    """
    level, white = line[:, 0], line[:, 0] - line[:, 1]
    first, last = round(float(edge) * len(line)), round(contour.RIM[1] * len(line))
    if first >= last:
        return 0.0, 1.0, 0
    peak = first + int(white[first : min(last, first + round(WITHIN * len(line)))].argmax())
    beyond = peak + int(white[peak:last].argmin())
    red = line[:, 1] / (level + 16)
    begun = level[first + round(contour.EDGE * len(line)) : last]
    is_lip = begun >= DARK * float(np.quantile(level[first:last], 0.75))
    dark = int(is_lip.argmax()) if is_lip.any() else len(begun)
    height = float(white[peak] - white[beyond])
    lit = int((level[first:peak] > LIT * level[beyond]).sum())
    if peak == first or lit > EDGE_STEPS:  # the opening's own, or a gleam on the lip
        height = 0.0
    return height, float(red[peak] / max(red[beyond], 1e-3)), dark


def _on(sides: tuple[bool, bool], points: np.ndarray, size: int) -> np.ndarray:
    """The part of a crop above the middle of an opening and that below it, if asked, [S, S]."""
    high, low = (opening.heights(edge, size) for edge in opening.contours(points))
    return np.where(np.arange(size)[:, None] < (high + low) / 2, *sides)


def _going_on(
    crop: np.ndarray, points: np.ndarray, hole: np.ndarray, lips: np.ndarray, width_px: float
) -> np.ndarray:
    """What goes on from an opening on the lips and is none of them, [S, S] bool.

    hole: the opening; lips: what is between their outer contours, [S, S] bool each.
    """
    colour = lip_colour(crop, points)
    soft = cv2.GaussianBlur(crop, (0, 0), 0.004 * len(crop))
    white = whiteness(np.full((3, 3, 3), colour, np.uint8))[1, 1] + WHITER
    unlike = (soft.mean(2) < DARK * colour.mean()) | (whiteness(soft) > white)
    unlike &= _changed(cv2.MORPH_ERODE, lips, RIM * width_px)
    joined = _changed(cv2.MORPH_CLOSE, unlike | hole, APART * width_px)
    _, part = cv2.connectedComponents(joined.astype(np.uint8))
    own = np.isin(part, np.setdiff1d(part[hole], 0))
    return _changed(cv2.MORPH_DILATE, own, OVERLAP * width_px)


def _changed(how: int, area: np.ndarray, reach_px: float) -> np.ndarray:
    """An area [S, S] after an operation of morphology that reaches so far, [S, S] bool."""
    kernel = np.ones((2 * max(1, round(reach_px)) + 1,) * 2, np.uint8)
    return np.asarray(cv2.morphologyEx(area.astype(np.uint8), how, kernel) > 0)


def _skin_in_corners(crop: np.ndarray, points: np.ndarray, width_px: float) -> np.ndarray:
    """Where there is skin in the corners of a mouth whose lips are dark, [S, S] bool.

    Carried on, it would part the lips from their tips beyond the mesh, which would be a dark spot.
    """
    skin = skin_colour(crop, points)
    shade = lip_colour(crop, points) - skin
    if shade.mean() > -OVERSHADOWED:
        return np.zeros(crop.shape[:2], bool)
    soft = cv2.GaussianBlur(crop, (0, 0), 0.01 * width_px).astype(np.float32) - skin
    left, right = np.sort(points[[61, 291], 0])
    x = np.arange(len(crop))
    corner = np.minimum(x - left, right - x) < CORNERS * (right - left)
    return np.asarray((soft @ shade < LIP_LIKE * float(shade @ shade)) & corner)
