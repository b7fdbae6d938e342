"""What a picture shows apart from its light, and where that changes for good.

A camera flash changes every sample of a picture, and little of its edges. So pictures are compared
by their edges: each sample relative to the mean and the contrast around it. A cut is where no
picture after it resembles any picture before it, as pictures of one shot resemble each other. A
flash on either side of the cut is one picture among several, and does not matter.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

REACH_FRAMES = 6
"""Pictures on each side of a place that are compared with each other."""

AROUND_PX = 2.0
"""Standard deviation, in pixels of a thumbnail, of what is around a sample."""

FLAT = 6.0
"""Contrast (luma, of 255) at and under which there is noise rather than an edge."""

STRUCTURED_SHARE = 0.1
"""A picture with edges in less of it shows nothing: it is black, or bleached by a flash."""

USUAL_PERCENTILE = 25
"""How much pictures of one shot differ: this percentile, since a flash differs from everything."""

FARTHEST_USUAL = 3
"""Pictures of one shot are compared at this distance, in frames, at most."""

NO_CHANGE = 0.01
"""A structural distance that is nothing."""


@dataclass(frozen=True)
class Break:
    """How much the pictures after a place differ from those before it.

    Attributes:
        distance: The least structural distance of a picture before and one after, 0 to 2.
        ratio: How many times the usual one of the shots beside it that is, at the same distance in
            time; the least of all pairs.
    """

    distance: float
    ratio: float


NOTHING_KNOWN = Break(0.0, np.nan)


def structural_distances(grey: np.ndarray) -> np.ndarray:
    """Compare each picture's edges with those of the pictures before it.

    Args:
        grey: Grey thumbnails of a film, [T, H, W] uint8.

    Returns:
        1 minus the correlation of picture n and picture n - lag at [n, lag], lag up to
        2 * `REACH_FRAMES` - 1; NaN where one of them shows nothing, [T, 2 * REACH_FRAMES] float32.
    """
    return vector_distances(_edges(picture) for picture in grey)


def vector_distances(vectors: Iterable[np.ndarray | None]) -> np.ndarray:
    """Compare each of a row of vectors with those before it.

    Args:
        vectors: Vectors of length 1, [N] float32; None where nothing is known.

    Returns:
        As `structural_distances`.
    """
    lags = 2 * REACH_FRAMES
    rows: list[np.ndarray] = []
    recent: np.ndarray | None = None
    for n, vector in enumerate(vectors):
        row = np.full(lags, np.nan, np.float32)
        if vector is not None:
            if recent is None:
                recent = np.full((lags, len(vector)), np.nan, np.float32)
            row[1:] = 1 - (recent @ vector)[(n - np.arange(1, lags)) % lags]
        if recent is not None:
            recent[n % lags] = np.nan if vector is None else vector
        rows.append(row)
    return np.stack(rows) if rows else np.zeros((0, lags), np.float32)


def _edges(grey: np.ndarray) -> np.ndarray | None:
    """A picture's edges, of length 1, flat; None where it has too few."""
    picture = grey.astype(np.float32)
    relief = picture - cv2.GaussianBlur(picture, (0, 0), AROUND_PX)
    contrast = np.sqrt(cv2.GaussianBlur(relief * relief, (0, 0), AROUND_PX))
    if (contrast > FLAT / 2).mean() < STRUCTURED_SHARE:
        return None
    edges = (relief / (contrast + FLAT)).ravel()
    return edges / max(float(np.linalg.norm(edges)), 1e-9)


def measure_break(distances: np.ndarray, start: int, blended: int = 0) -> Break:
    """Compare the pictures before a place with those after it.

    Args:
        distances: See `structural_distances`.
        start: The first frame after the place.
        blended: The frames just before it that may be blends of both sides, and are not compared.

    Returns:
        The least difference; a ratio of NaN where too few pictures show something.
    """
    first, end = max(0, start - REACH_FRAMES), min(len(distances), start + REACH_FRAMES)
    last = start - blended
    pairs = [(j, j - i) for i in range(first, last) for j in range(start, end)]
    across = np.array([[lag, distances[j, lag]] for j, lag in pairs])
    across = across[~np.isnan(across[:, 1])] if len(across) else across
    if not len(across):
        return NOTHING_KNOWN
    usual = np.array(
        [
            np.nan,
            *(
                np.fmax(_usual(distances, first, last, lag), _usual(distances, start, end, lag))
                for lag in range(1, FARTHEST_USUAL + 1)
            ),
        ]
    )
    of_pair = usual[np.minimum(across[:, 0].astype(int), FARTHEST_USUAL)]
    ratios = across[:, 1] / (of_pair + NO_CHANGE)
    known = ratios[~np.isnan(ratios)]
    return Break(float(across[:, 1].min()), float(known.min()) if len(known) else np.nan)


def _usual(distances: np.ndarray, first: int, end: int, lag: int) -> float:
    """How much pictures of one run differ at a distance of `lag` frames."""
    within = distances[first + lag : end, lag]
    within = within[~np.isnan(within)]
    return float(np.percentile(within, USUAL_PERCENTILE)) if len(within) else np.nan


def gradual_ratio(distances: np.ndarray, middle: int, first: int, end: int) -> float:
    """Compare the pictures before a gradual change with those after it.

    Args:
        distances: See `structural_distances`.
        middle: The middle of the change.
        first: The first frame of the run without another change in which it lies.
        end: The frame after the last one of that run.

    Returns:
        How many times the usual structural distance in that run they differ, at the same distance
        in time: the least of all pairs off the reach of a flash. NaN where too few show something.
    """
    before = [n for n in (middle - 6, middle - 5, middle - 4) if n >= first]
    after = [n for n in (middle + 3, middle + 4, middle + 5) if n < end]
    pairs = [(j, j - i) for i in before for j in after]
    usual = {lag: _usual(distances, first, end, lag) for lag in {lag for _, lag in pairs}}
    ratios = np.array([distances[j, lag] / (usual[lag] + NO_CHANGE) for j, lag in pairs])
    known = ratios[~np.isnan(ratios)]
    return float(known.min()) if len(known) else np.nan
