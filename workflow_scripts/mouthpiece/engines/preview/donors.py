"""Donor frames: those whose lips are lent to others, by how far the mouth is open."""

import numpy as np

APERTURES = (0.0, 0.06, 0.12, 0.2, 0.3, 0.42)
"""Openings looked for among the person's frames, in mouth widths at rest."""

TOLERANCE = 0.03
"""How far from one of them a frame's opening may lie, and how far apart those of two donors must
be."""


def choose_donors(
    mouth: np.ndarray, mesh: np.ndarray, redness: np.ndarray, rotation: np.ndarray
) -> np.ndarray:
    """Choose frames that show the person's mouth at rising openings, each as typical as possible.

    A frame is typical if its width and head pose are near the cut's own and its mouth stands still
    (no motion blur). The least open mouth is always one of them, and the widest.

    Args:
        mouth: Apertures and widths, [T, 2], in mouth widths at rest.
        mesh: The opening that the mesh draws, [T]: a second witness of which mouth is shut.
        redness: [T], see `contour.Parting`.
        rotation: The head's, [T, 3, 3].

    Returns:
        The frames, [L], by rising aperture.
    """
    aperture, width = mouth.T
    moving = np.abs(np.gradient(aperture)) if len(aperture) > 1 else np.zeros(1)
    cost = 2 * moving + 0.5 * np.abs(width - np.median(width)) + 0.5 * _turned(rotation)
    cost += 0.02 * np.abs(redness - np.median(redness))
    cost += mesh * (aperture <= aperture.min() + TOLERANCE)
    donors: list[int] = []
    for wanted in (float(aperture.min()), *APERTURES[1:], float(aperture.max())):
        away = np.abs(aperture - wanted)
        total = np.where(away <= TOLERANCE, cost + 2 * away, np.inf)
        best = int(np.argmin(total))
        apart = all(abs(aperture[best] - aperture[i]) > TOLERANCE for i in donors)
        if np.isfinite(total[best]) and apart:
            donors.append(best)
    return np.array(sorted(donors, key=lambda i: aperture[i]))


def _turned(rotation: np.ndarray) -> np.ndarray:
    """Angles [T] in radians between rotations [T, 3, 3] and their mean."""
    u, _, vt = np.linalg.svd(rotation.mean(0))
    trace = np.einsum("tij,ij->t", rotation, u @ vt)
    return np.arccos(np.clip((trace - 1) / 2, -1, 1))


def between(values: np.ndarray, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find which two levels each value lies between.

    The share is eased, so that a level is left as smoothly as it is reached.

    Args:
        values: [T].
        levels: [L], rising.

    Returns:
        The two levels' indices, [T, 2], and the second one's share, [T].
    """
    if len(levels) == 1:
        return np.zeros((len(values), 2), int), np.zeros(len(values))
    high = np.clip(np.searchsorted(levels, values), 1, len(levels) - 1)
    share = np.clip((values - levels[high - 1]) / (levels[high] - levels[high - 1]), 0, 1)
    return np.stack([high - 1, high], 1), share * share * (3 - 2 * share)
