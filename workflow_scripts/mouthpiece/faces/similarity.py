"""Similarities (shift, turn, one scale) between points: least squares (Umeyama, PAMI 1991)."""

import numpy as np


def nearest_similarity(template: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Find the similarities that bring points of a template nearest to others.

    Args:
        template: [P, 2].
        points: [T, P, 2] float64.

    Returns:
        Affines from the template's plane to that of the points, [T, 2, 3] float64.
    """
    # Of x = a u - b v + s, y = b u + a v + t the parameters (a, b, s, t) are linear in x and y.
    u, v = np.asarray(template, np.float64).T
    one, zero = np.ones_like(u), np.zeros_like(u)
    design = np.concatenate([np.stack([u, -v, one, zero], 1), np.stack([v, u, zero, one], 1)])
    seen = np.concatenate([points[..., 0], points[..., 1]], 1)
    a, b, s, t = np.linalg.pinv(design) @ seen.T
    return np.stack([np.stack([a, -b, s], -1), np.stack([b, a, t], -1)], 1)
