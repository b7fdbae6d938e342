"""The shape of the mouth in a face track, with the head's own motion removed."""

import numpy as np

from .landmarks import BROW, CHIN, LEFT_EYE_OUTER, RIGHT_EYE_OUTER, lip_gap

SKULL = (
    *(33, 133, 362, 263, 130, 359, 6, 168, 197, 195, 5, 4, 1, 9, 8, 10, 151),
    *(127, 356, 234, 454, 21, 251, 162, 389),
)
"""Mesh points that speech hardly moves: eye corners, bridge of the nose, forehead, temples."""

CHIN_POINTS = (152, 148, 377, 176, 400, 175, 199)
"""Mesh points of the chin."""

RIGHT_CORNER, LEFT_CORNER = 61, 291
"""The corners of the mouth, the person's right and left."""

MEASURES = (
    *("gap", "gap_right", "gap_left", "outer_gap", "width", "inner_width", "upper", "lower"),
    *("chin", "corners", "upper_depth", "lower_depth", "corner_depth"),
)
"""Columns of `measures`.

gap: `landmarks.lip_gap` of a head that is held still. gap_right, gap_left: the same height halfway
to the corners. outer_gap: between the outer contours. width, inner_width: between the corners of
either. upper, lower, chin, corners: how far these lie below the mean of the skull points. The
depths grow towards the back of the head.
"""


def head_points(track: np.ndarray) -> np.ndarray:
    """Remove the head's motion from a track: x points across the face, y down, z to the back.

    For each frame a similarity is fitted to the clip's mean head (Umeyama, "Least-squares
    estimation of transformation parameters", PAMI 13(4), 1991).

    Args:
        track: Face meshes, [T, 468, 3] float, T at least 1.

    Returns:
        The points in distances of the outer eye corners, with their origin at the mean of the
        skull points, [T, 468, 3] float64.
    """
    points = track.astype(np.float64)
    skull = list(SKULL)
    model = points[len(points) // 2]
    for _ in range(2):
        model = _aligned(points, skull, model).mean(0)
    across = model[LEFT_EYE_OUTER] - model[RIGHT_EYE_OUTER]
    unit = float(np.linalg.norm(across))
    across = across / unit
    down = model[CHIN] - model[BROW]
    down = down - across * (down @ across)
    down /= np.linalg.norm(down)
    axes = np.stack([across, down, np.cross(across, down)], 1)
    model = (model - model[skull].mean(0)) @ axes / unit
    return _aligned(points, skull, model)


def _aligned(points: np.ndarray, skull: list[int], model: np.ndarray) -> np.ndarray:
    """Frames [T, N, 3] moved, turned and scaled so that their skull points fit the model's."""
    target = model[skull]
    target_mean = target.mean(0)
    means = points[:, skull].mean(1, keepdims=True)
    centred = points[:, skull] - means
    u, d, vt = np.linalg.svd(np.einsum("ni,tnj->tij", target - target_mean, centred))
    sign = np.ones_like(d)
    sign[:, 2] = np.sign(np.linalg.det(u @ vt))
    rotation = (u * sign[:, None]) @ vt
    scale = (d * sign).sum(1) / np.maximum((centred**2).sum((1, 2)), 1e-12)
    return scale[:, None, None] * ((points - means) @ rotation.transpose(0, 2, 1)) + target_mean


def measures(track: np.ndarray) -> np.ndarray:
    """Measure the mouth in each frame.

    Args:
        track: Face meshes, [T, 468, 3] float, T at least 1.

    Returns:
        The columns of `MEASURES`, in distances of the outer eye corners, [T, 13] float32.
    """
    head = head_points(track)

    def height(upper: tuple[int, ...], lower: tuple[int, ...]) -> np.ndarray:
        return np.linalg.norm(head[:, list(lower)] - head[:, list(upper)], axis=2).mean(1)

    corners = head[:, [RIGHT_CORNER, LEFT_CORNER]].mean(1)
    columns = [
        lip_gap(head),
        height((81, 80), (178, 88)),
        height((311, 310), (402, 318)),
        height((0, 37, 267), (17, 84, 314)),
        height((RIGHT_CORNER,), (LEFT_CORNER,)),
        height((78,), (308,)),
        head[:, [0, 37, 267], 1].mean(1),
        head[:, [17, 84, 314], 1].mean(1),
        head[:, list(CHIN_POINTS), 1].mean(1),
        corners[:, 1],
        head[:, [0, 37, 267], 2].mean(1),
        head[:, [17, 84, 314], 2].mean(1),
        corners[:, 2],
    ]
    return np.stack(columns, 1).astype(np.float32)
