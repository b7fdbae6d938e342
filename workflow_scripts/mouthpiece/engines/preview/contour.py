"""Where the lips part: the inner lip contours, found in the picture.

The face mesh draws closed lips slightly apart and open ones too near each other. But lips have a
colour of their own: what has another colour between the outer contours is teeth or shade. In poor
light teeth and tongue have the lips' colour, and in shade lips have none. So the mesh is the second
witness: a mouth is at least as open as the mesh sees beyond closed lips, and not much more so.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from . import shape
from .warp import around, read, smoothstep

STEPS = 64
"""Samples on each line from the upper to the lower lip's outer edge."""

PROFILE = (len(shape.UPPER_OUTER) - 2, STEPS, 3)
"""The shape of what `profile` reads: lines, samples, CIE L, a and b."""

RIM = (0.14, 0.9)
"""The part of a line on which lips may meet; the rest may be skin."""

LEAST_SPREAD = np.array([9.0, 5.0, 5.0])
"""Least standard deviation of a lip's colour in CIE L, a, b."""

SHUT_MESH = 0.05
"""The most that the mesh draws of closed lips, in mouth widths: .01 to .05 over 12 people."""

DOUBT = (0.01, 0.05)
"""The mesh's openings beyond that of closed lips, in mouth widths, from which it is believed, and
from which it is believed in full."""

MOST = 3.0
"""How many times as open as the mesh sees a mouth may be."""

NEVER_SHUT = 0.12
"""Where the mesh always draws more of an opening, in mouth widths, the cut never shows shut lips
and the lips' colour cannot be told: the mesh is believed."""

TOO_NEAR = 0.04
"""How much too near the other the mesh then draws each lip's edge, as a share of a line."""

BESIDE = 0.1
"""How far from the middle of the mesh's opening one by colour may be, as a share of a line."""

MIDDLE = slice(3, 6)
"""The lines in the middle of the mouth."""

MISTAKEN = (0.15, 0.35)
"""Shares of a cut's open mouths with skin on a line, from which the mesh is not believed there, and
from which it is not at all."""

EDGE = 0.03
"""How far beyond the opening its edge is seen, as a share of a line."""

STRANGE = 5.0
"""Squared deviation, summed over the channels, from which a colour is not of the lips."""


@dataclass(frozen=True)
class Parting:
    """How the lips part over a cut of T frames, along nine lines across them.

    Attributes:
        upper: [T, 9], where the opening begins, as a share of the way from the upper to the lower
            lip's outer edge.
        lower: [T, 9], where it ends; equal to `upper` where the lips touch.
        line: [9], where closed lips meet.
        redness: [T], the mean CIE a between the outer edges: a tongue put out raises it.
        stray: [T], the share of what lies between an outer edge and the opening that has not the
            lips' colour: teeth that the opening leaves out, or skin.
    """

    upper: np.ndarray
    lower: np.ndarray
    line: np.ndarray
    redness: np.ndarray
    stray: np.ndarray

    def place(self, points: np.ndarray) -> np.ndarray:
        """Move inner contours to where the lips part.

        Args:
            points: Meshes, [T, 468, 2 or 3].

        Returns:
            The meshes, [T, 468, 2 or 3], with their inner contours as found.
        """
        return _placed(points, self.upper, self.lower)

    def opened(self, frame: int, upper: np.ndarray, lower: np.ndarray) -> "Parting":
        """Have the lips of a frame part at least from one place to another.

        Args:
            frame: The frame.
            upper: Where the opening begins at the latest, [9].
            lower: Where it ends at the earliest, [9].

        Returns:
            The parting.
        """
        wide = replace(self, upper=self.upper.copy(), lower=self.lower.copy())
        wide.upper[frame] = _median_across(np.minimum(self.upper[frame], upper)[None])[0]
        wide.lower[frame] = _median_across(np.maximum(self.lower[frame], lower)[None])[0]
        return wide

    def place_rest(self, rest: np.ndarray) -> np.ndarray:
        """Close the lips of a face at rest.

        Args:
            rest: [468, 3].

        Returns:
            The face, its lips closed on the line, [468, 3].
        """
        return _placed(rest[None], self.line[None], self.line[None])[0]


def find_parting(profiles: np.ndarray, points: np.ndarray) -> Parting:
    """Find how the lips part.

    Args:
        profiles: What `profile` reads of each frame, [T, 9, STEPS, 3].
        points: The frames' meshes, [T, 468, 2], in crop pixels.

    Returns:
        The parting.
    """
    mesh = mesh_gap(points)
    redness = profiles[..., 1].mean((1, 2))
    if mesh.min() > NEVER_SHUT:
        return _of_mesh(points, redness)
    nearly = np.argsort(mesh, kind="stable")[: max(3, len(mesh) // 5)]
    strange = _strangeness(profiles, nearly)
    steps = (np.arange(STEPS) + 0.5) / STEPS
    strange[..., (steps < RIM[0]) | (steps > RIM[1])] = -1
    first, end = _best_interval(strange)
    closed = np.argsort((end - first)[:, 2:7].mean(1), kind="stable")[: max(3, len(mesh) // 8)]
    line = _line(profiles[closed], points[closed])
    high, low = mesh_shares(points)
    middle = (high + low) / 2
    beside = _beside(first, end, middle)
    thin = (end - first <= 4) | beside
    upper = np.where(thin, line, first / STEPS)
    lower = np.where(thin, line, end / STEPS)
    least, most = _believed(mesh, high, low)
    least *= 1 - _mistaken(beside, mesh)
    held = np.minimum(1, most / np.maximum(lower - upper, 1e-6))
    upper, lower = line + held * (upper - line), line + held * (lower - line)
    upper = np.where(least > 0, np.minimum(upper, middle - least / 2), upper)
    lower = np.where(least > 0, np.maximum(lower, middle + least / 2), lower)
    upper, lower = (_smooth(_median_across(edge)) for edge in (upper, lower))
    return Parting(upper, lower, line, redness, _stray(strange, upper, lower))


def mesh_gap(points: np.ndarray) -> np.ndarray:
    """Measure the opening that the mesh itself draws.

    Args:
        points: Meshes, [T, 468, 2].

    Returns:
        The opening in mouth widths, [T].
    """
    gap = points[:, shape.LOWER_MIDDLE] - points[:, shape.UPPER_MIDDLE]
    width = np.linalg.norm(points[:, 61] - points[:, 291], axis=-1)
    return np.linalg.norm(gap, axis=-1).mean(1) / width


def _of_mesh(points: np.ndarray, redness: np.ndarray) -> Parting:
    """The parting as the mesh draws it; the lips' edges keep their share of the lips at rest."""
    upper, lower = mesh_shares(points)
    upper = np.clip(_smooth(upper - TOO_NEAR), RIM[0], RIM[1])
    lower = np.clip(_smooth(lower + TOO_NEAR), upper, RIM[1])
    line = np.median(upper / np.maximum(1 - (lower - upper), 1e-6), axis=0)
    return Parting(upper, lower, line, redness, np.zeros(len(points)))


def _beside(first: np.ndarray, end: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Which intervals are skin that the mesh counts as lip, [T, 9] bool: they are not where it sees
    the opening. In the middle of a mouth an opening may be there all the same.

    first, end: The intervals, in samples; middle: that of the mesh's opening, as a share of a line.
    """
    below, above = first / STEPS > middle + BESIDE, end / STEPS < middle - BESIDE
    beside = (end > first) & (below | above)
    beside[:, MIDDLE] = False
    return beside


def _mistaken(beside: np.ndarray, mesh: np.ndarray) -> np.ndarray:
    """How surely the mesh's outer contours lie on skin, for each line of a cut, [9]."""
    opened = beside[beyond_shut(mesh) > DOUBT[1]]
    share = opened.mean(0) if len(opened) else np.zeros(beside.shape[1])
    share[[0, -1]] = np.minimum(share[[0, -1]], share[[1, -2]])
    return smoothstep((share - MISTAKEN[0]) / (MISTAKEN[1] - MISTAKEN[0]))


def beyond_shut(mesh: np.ndarray) -> np.ndarray:
    """How much more of an opening than that of closed lips the mesh draws.

    Args:
        mesh: What `mesh_gap` measured over a cut, [T].

    Returns:
        The opening, [T], in mouth widths.
    """
    return np.maximum(mesh - min(float(np.quantile(mesh, 0.05)), SHUT_MESH), 0)


def _believed(mesh: np.ndarray, high: np.ndarray, low: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most opening on each line by the mesh, as shares of it, [T, 9] each."""
    beyond = beyond_shut(mesh)
    trust = smoothstep((beyond - DOUBT[0]) / (DOUBT[1] - DOUBT[0]))
    drawn = np.maximum(low - high, 0) / np.maximum(mesh, 1e-6)[:, None]
    return drawn * (beyond * trust)[:, None], drawn * (MOST * beyond)[:, None]


def mesh_shares(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find where the mesh's inner contours cross the lines.

    Args:
        points: Meshes, [T, 468, 2].

    Returns:
        The upper and the lower one, as shares of the lines, [T, 9] each.
    """
    top, bottom = (points[:, list(c[1:-1])] for c in (shape.UPPER_OUTER, shape.LOWER_OUTER))
    across = bottom - top
    length = np.maximum((across**2).sum(-1), 1e-6)
    upper, lower = (
        ((points[:, list(c[1:-1])] - top) * across).sum(-1) / length
        for c in (shape.UPPER_INNER, shape.LOWER_INNER)
    )
    return upper, lower


def profile(crop: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Read the colours along the lines across the lips.

    Args:
        crop: RGB, [S, S, 3] uint8.
        points: The mesh in its pixels, [468, 2].

    Returns:
        [9, STEPS, 3] float32, in CIE Lab.
    """
    blur_px = 1.2 * crop.shape[0] / 256
    top, bottom = points[list(shape.UPPER_OUTER[1:-1])], points[list(shape.LOWER_OUTER[1:-1])]
    ends = np.concatenate([top, bottom])
    rows, columns = around(ends, 4 * blur_px + 1, crop.shape[0])
    low = np.array([columns.start, rows.start])
    soft = cv2.GaussianBlur(crop[rows, columns], (0, 0), blur_px).astype(np.float32) / 255
    lab = cv2.cvtColor(soft, cv2.COLOR_RGB2Lab)
    share = ((np.arange(STEPS) + 0.5) / STEPS)[None, :, None]
    places = (top[:, None] + share * (bottom - top)[:, None] - low).astype(np.float32)
    return read(lab, places)


def _strangeness(profiles: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """How unlike lips each sample is, [T, 9, STEPS] in [-1, 2]; lips as in the frames `closed`."""
    steps = (np.arange(STEPS) + 0.5) / STEPS
    least = np.full(profiles.shape[:3], np.inf)
    for low, high in ((0.2, 0.42), (0.6, 0.85)):
        lip = profiles[closed][:, :, (steps > low) & (steps < high)]
        lip = np.moveaxis(lip, 1, 0).reshape(lip.shape[1], -1, 3)
        middle = np.median(lip, axis=1)[:, None]
        spread = 1.48 * np.median(np.abs(lip - middle), axis=1)[:, None]
        deviation = (profiles - middle) / np.maximum(spread, LEAST_SPREAD)
        least = np.minimum(least, (deviation**2).sum(-1))
    return np.clip(least / STRANGE - 1, -1, 2)


def _best_interval(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The half-open interval of the largest sum along the last axis (Kadane's)."""
    total = np.concatenate([np.zeros((*score.shape[:-1], 1)), score.cumsum(-1)], -1)
    lowest = np.minimum.accumulate(total, -1)
    end = np.argmax(total - lowest, -1)
    level = np.take_along_axis(lowest, end[..., None], -1)
    return np.argmax(total <= level + 1e-12, -1), end


def _stray(strange: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """The share of what lies outside the opening that is unlike lips, [T]."""
    steps = (np.arange(STEPS) + 0.5) / STEPS
    outside = (steps < upper[..., None] - EDGE) | (steps > lower[..., None] + EDGE)
    return np.asarray((outside & (strange > 0)).mean((1, 2)))


def _line(profiles: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Where closed lips meet on each line, [9]: the darkest sample near the mesh's own line."""
    upper, lower = mesh_shares(points)
    mesh = np.median((upper + lower) / 2, axis=0)
    steps = (np.arange(STEPS) + 0.5) / STEPS
    light = np.median(profiles[..., 0], axis=0) + 120 * (steps - mesh[:, None]) ** 2
    line = steps[np.argmin(light, axis=1)]
    return np.convolve(np.pad(line, 1, mode="edge"), [0.25, 0.5, 0.25], "valid")


def _median_across(values: np.ndarray) -> np.ndarray:
    """Median of three neighbouring lines, [T, 9]."""
    padded = np.pad(values, ((0, 0), (1, 1)), mode="edge")
    return np.median(np.stack([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]]), axis=0)


def _smooth(values: np.ndarray) -> np.ndarray:
    """Light smoothing, [T, 9], over the lines and over time."""
    for axis in (0, 1):
        padding = [(1, 1) if i == axis else (0, 0) for i in range(2)]
        padded = np.moveaxis(np.pad(values, padding, mode="edge"), axis, 0)
        values = np.moveaxis((padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4, 0, axis)
    return values


def _placed(points: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    placed = points.copy()
    top = points[:, list(shape.UPPER_OUTER[1:-1]), :2]
    across = points[:, list(shape.LOWER_OUTER[1:-1]), :2] - top
    for contour, share in ((shape.UPPER_INNER, upper), (shape.LOWER_INNER, lower)):
        placed[:, list(contour[1:-1]), :2] = top + share[..., None] * across
    return placed
