"""Teeth, as the lines across the lips show them: slivers of them, and whole rows.

Between lips that hardly part, a sliver of teeth is too thin for the face mesh, and too pale to be
told from lips by their colour's spread. But teeth are lighter and less red than the dark edges of
both lips beside them: across the lips there is a ridge between two troughs, where closed lips have
one trough.
"""

from dataclasses import dataclass

import numpy as np

from . import shape
from .contour import RIM, STEPS, Parting, mesh_shares

REACH = 0.08
"""How far beyond the inner contours teeth are looked for, as a share of a line."""

MIDDLE = slice(2, 7)
"""The lines across the middle of the mouth."""

CREASE = 0.12
"""How far from where the lips meet their crease may lie, as a share of a line."""

BETWEEN = 0.2
"""How far from where the lips meet something may show between them, as a share of a line. Lips that
part lie elsewhere than where shut ones meet."""

LEAST_RED = 0.15, 8.0
"""What lips have at least of red for their light, and of CIE a, if less of it is to tell much."""

LESS_RED = 0.6
"""A ridge that is broader than a sliver of teeth is teeth where it is less red than the redder of
its edges by this factor. Else it is a lip that is lighter than the skin and the other lip."""

DARK = 0.5
"""What is less light than this share of the darker lip is the dark between them."""

SEEN = 3.0
"""Ridges from this height on, in CIE L less a, are teeth. On 13 people 95 % of the frames with shut
lips have less than 2; a gleam on a lip may have more."""

ROW_SHARE, ROW_LEAST = 0.4, 4.0
"""What is whiter than lips by this share of what the whitest is, and by so much, is teeth."""


@dataclass(frozen=True)
class Teeth:
    """What is seen of teeth in T frames.

    Attributes:
        ridge: How high the ridge is in the middle of the mouth, in CIE L less a, [T].
        upper: [T, 9], where the ridge begins, as a share of the way from the upper to the lower
            lip's outer edge; 1 where there is none.
        lower: [T, 9], where it ends; 0 where there is none.
        crease: How light it is where the lips meet, CIE L as a share of the lips', [T]. Shut lips
            meet in a dark crease; teeth between them, though no lighter than lips, are not dark.
        red: How red the least red place between the lips is for its light, [T]; 0 is grey. Lips are
            as red in the shade as in the light, teeth and the dark between them are not.
        faded: How much less red something between the lips is than both lips beside it, as a share,
            on that line in the middle of the mouth where it is most so, [T]. Teeth in the shade of
            lips may be no lighter than these. It has less red for its light, and less red: a gleam
            on a lip has as much as the lip, and the dark where lips meet is as red for its light.
        dark: How high the dark between the lips is where there is most of it in the middle of the
            mouth, in mouth widths, by how dark it is, [T]: what is half as light as the lips counts
            half.
        lips_red: The mean CIE a between the lips' outer edges in the middle of the mouth, [T].
        dark_upper: Where it begins on each line, as a share of the way from the upper to the lower
            lip's outer edge, 1 where there is none, [T, 9].
        dark_lower: Where it ends, 0 where there is none, [T, 9].
    """

    ridge: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    crease: np.ndarray
    red: np.ndarray
    faded: np.ndarray
    dark: np.ndarray
    lips_red: np.ndarray
    dark_upper: np.ndarray
    dark_lower: np.ndarray


def find_teeth(profiles: np.ndarray, points: np.ndarray, tracked: np.ndarray) -> Teeth:
    """Find teeth.

    Args:
        profiles: What `contour.profile` reads of each frame, [T, 9, STEPS, 3].
        points: The frames' meshes with the lips as `contour.find_parting` found them, [T, 468, 2],
            in crop pixels: a gleam on a lip is not between them.
        tracked: The frames' meshes as they are, [T, 468, 2]. Teeth that were taken for a lip move
            the place where lips were found to meet, but not that of the mesh.

    Returns:
        The teeth.
    """
    pale = _smooth(profiles[..., 0] - profiles[..., 1])
    steps = (np.arange(STEPS) + 0.5) / STEPS
    pale = np.where((steps > RIM[0]) & (steps < RIM[1]), pale, np.inf)
    high, low = (edge[..., None] for edge in mesh_shares(points))
    between = (steps > high - REACH) & (steps < low + REACH) & np.isfinite(pale)
    height = np.where(between, np.where(between, pale, 0) - _higher_edge(pale), 0)
    at = height.argmax(-1)[..., None]
    most = np.take_along_axis(height, at, -1)
    fallen = pale <= np.take_along_axis(pale, at, -1) - most
    place = np.arange(STEPS)
    before = np.where(fallen & (place < at), place, 0).max(-1)
    after = np.where(fallen & (place > at), place, STEPS - 1).min(-1)
    near = (steps[before] > high[..., 0] - BETWEEN) & (steps[after] < low[..., 0] + BETWEEN)
    seen = (most[..., 0] >= SEEN) & (near | _grey(profiles, at[..., 0], before, after))
    ridge = np.median(most[:, MIDDLE, 0], axis=1)
    upper, lower = np.where(seen, steps[before], 1.0), np.where(seen, steps[after], 0.0)
    line = (high + low) / 2
    crease, red = _crease(profiles, line), _least_red(profiles, line)
    darkness = _darkness(profiles, line)
    is_dark = darkness > 1 - DARK
    return Teeth(
        ridge,
        upper,
        lower,
        crease,
        red,
        _faded(profiles, np.add(*mesh_shares(tracked))[..., None] / 2),
        dark=_heights(darkness.mean(-1), points).max(1),
        lips_red=profiles[:, MIDDLE, :, 1].mean((1, 2)),
        dark_upper=np.where(is_dark, steps, 1.0).min(-1),
        dark_lower=np.where(is_dark, steps, 0.0).max(-1),
    )


def _grey(
    profiles: np.ndarray, top: np.ndarray, before: np.ndarray, after: np.ndarray
) -> np.ndarray:
    """Whether ridges are less red than their edges, [T, 9]; top, before, after: their places.

    See `LESS_RED`.
    """
    red, *edges = (
        np.take_along_axis(_redness(profiles), place[..., None], -1)[..., 0]
        for place in (top, before, after)
    )
    return np.asarray(red < LESS_RED * np.maximum(*edges))


def _crease(profiles: np.ndarray, line: np.ndarray) -> np.ndarray:
    """See `Teeth.crease`; `line`: where the lips meet, [T, 9, 1]."""
    steps = (np.arange(STEPS) + 0.5) / STEPS
    near = np.abs(steps - line)[:, MIDDLE] < CREASE
    light = profiles[:, MIDDLE, :, 0]
    darkest = np.where(near, light, np.inf).min(-1).mean(1)
    return np.asarray(darkest / np.maximum(np.median(light, axis=(1, 2)), 1.0))


def _least_red(profiles: np.ndarray, line: np.ndarray) -> np.ndarray:
    """See `Teeth.red`; `line`: where the lips meet, [T, 9, 1]."""
    steps = (np.arange(STEPS) + 0.5) / STEPS
    near = np.abs(steps - line)[:, MIDDLE] < BETWEEN
    red = _redness(profiles)[:, MIDDLE]
    return np.asarray(np.where(near, red, np.inf).min(-1).mean(1))


def _faded(profiles: np.ndarray, line: np.ndarray) -> np.ndarray:
    """See `Teeth.faded`; `line`: where the mesh has the lips meet, [T, 9, 1]."""
    steps = (np.arange(STEPS) + 0.5) / STEPS
    reds = _redness(profiles), _smooth(profiles[..., 1])
    less = np.minimum(*(_trough(*red) for red in zip(reds, LEAST_RED, strict=True)))
    return np.asarray(np.where(np.abs(steps - line) < REACH, less, 0)[:, MIDDLE].max((1, 2)))


def _higher_edge(values: np.ndarray) -> np.ndarray:
    """The higher one of the least values on both sides of each place of a line, [..., STEPS]."""
    before = np.minimum.accumulate(values, -1)
    after = np.minimum.accumulate(values[..., ::-1], -1)[..., ::-1]
    return np.maximum(before, after)


def _trough(values: np.ndarray, least: float) -> np.ndarray:
    """How much less samples are than the most on both sides of them, as a share, [T, 9, STEPS]."""
    steps = (np.arange(STEPS) + 0.5) / STEPS
    held = np.where((steps > RIM[0]) & (steps < RIM[1]), values, 0)
    edge = -_higher_edge(-held)
    return np.asarray(np.maximum(edge - held, 0) / np.maximum(edge, least))


def _darkness(profiles: np.ndarray, line: np.ndarray) -> np.ndarray:
    """How much less light places between the lips are than the darker lip, as a share of its light,
    [T, 9, STEPS]; `line`: where the lips meet, [T, 9, 1].
    """
    steps = (np.arange(STEPS) + 0.5) / STEPS
    light = _smooth(profiles[..., 0])
    halves = (steps > RIM[0]) & (steps < 0.4), (steps > 0.65) & (steps < RIM[1])
    lips = np.minimum(*(np.median(light[..., half], axis=-1) for half in halves))
    less = np.maximum(1 - light / np.maximum(lips, 1.0)[..., None], 0)
    return np.asarray(np.where(np.abs(steps - line) < BETWEEN, less, 0))


def _heights(shares: np.ndarray, points: np.ndarray) -> np.ndarray:
    """What shares of the lines, [T, 9], are in the middle of the mouth, in mouth widths, [T, 5]."""
    ends = (points[:, list(c[1:-1])] for c in (shape.LOWER_OUTER, shape.UPPER_OUTER))
    width = np.maximum(np.linalg.norm(points[:, 61] - points[:, 291], axis=-1), 1e-6)
    heights = shares * np.linalg.norm(np.subtract(*ends), axis=-1) / width[:, None]
    return np.asarray(heights[:, MIDDLE])


def _redness(profiles: np.ndarray) -> np.ndarray:
    """How red each sample is for its light, [T, 9, STEPS].

    Half the light divides CIE a and L + 16 by the same.
    """
    return _smooth(profiles[..., 1] / (profiles[..., 0] + 16))


def upper_height(profiles: np.ndarray, parting: Parting, points: np.ndarray) -> np.ndarray:
    """Measure how far the upper teeth are seen.

    Args:
        profiles: What `contour.profile` reads of each frame, [T, 9, STEPS, 3].
        parting: Where the lips part.
        points: The frames' meshes, [T, 468, 2], in crop pixels.

    Returns:
        The height of the row in the middle of the mouth, in mouth widths, [T]. A tongue and a
        palate are light, too, but red; lower teeth begin lower.
    """
    steps = (np.arange(STEPS) + 0.5) / STEPS
    white = _smooth(profiles[..., 0] - profiles[..., 1])
    high, low = (edge[..., None] for edge in (parting.upper, parting.lower))
    inside = (steps > high) & (steps < low)
    lips = (steps > RIM[0]) & (steps < RIM[1]) & ~inside
    if not inside.any() or not lips.any():
        return np.zeros(len(profiles))
    lip = np.median(white[lips])
    level = lip + max(ROW_SHARE * (np.quantile(white[inside], 0.99) - lip), ROW_LEAST)
    begun = inside & (white > level) & (steps < (high + low) / 2)
    ended = np.maximum.accumulate(begun, -1) & ~(inside & (white > level))
    seen = np.maximum.accumulate(begun, -1) & ~np.maximum.accumulate(ended, -1)
    return np.asarray(np.median(_heights(seen.mean(-1), points), axis=1))


def _smooth(values: np.ndarray) -> np.ndarray:
    """Smoothed over the lines and along them, [T, 9, STEPS]."""
    padded = np.pad(values, ((0, 0), (1, 1), (1, 1)), mode="edge")
    lines = (padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]) / 4
    return np.asarray((lines[..., :-2] + lines[..., 1:-1] + lines[..., 2:]) / 3)
