"""Named points of the face mesh, and the head's angles.

The mesh is MediaPipe's Face Mesh; its 468 points have fixed numbers.
"""

import numpy as np

MESH_POINTS = 468

LEFT_EYE_OUTER, RIGHT_EYE_OUTER = 263, 33
"""The outer eye corners, the person's left and right."""

CHIN, BROW = 152, 10
"""The lowest point of the chin, the highest of the forehead."""

LIPS_OUTER = (
    61,
    185,
    40,
    39,
    37,
    0,
    267,
    269,
    270,
    409,
    291,
    375,
    321,
    405,
    314,
    17,
    84,
    181,
    91,
    146,
)
"""Outer lip contour: from the person's right corner over the upper lip to the left, and back."""

LIPS_INNER = (
    78,
    191,
    80,
    81,
    82,
    13,
    312,
    311,
    310,
    415,
    308,
    324,
    318,
    402,
    317,
    14,
    87,
    178,
    88,
    95,
)
"""Inner lip contour, in the order of `LIPS_OUTER`."""

LIPS_APART = ((82, 87), (13, 14), (312, 317))
"""Points of the upper and the lower inner lip contour that lie over each other."""


def lip_gap(points: np.ndarray) -> np.ndarray:
    """Measure how far the lips are apart: what every measure of a mouth's opening means by it.

    Args:
        points: Face meshes, [..., 468, 3] float.

    Returns:
        The mean distance of `LIPS_APART`, in the mesh's unit, [...] float64.
    """
    upper, lower = np.array(LIPS_APART).T
    lips = points[..., upper, :].astype(np.float64) - points[..., lower, :]
    return np.asarray(np.linalg.norm(lips, axis=-1).mean(-1))


def level(points: np.ndarray) -> np.ndarray:
    """Move a mesh to its middle, turn it until the eyes are level, and scale it to height 1.

    Args:
        points: The face mesh, [468, 3] float.

    Returns:
        x and y, y downwards, [468, 2] float.
    """
    flat = points[:, :2] - points[:, :2].mean(0)
    cos, sin = _unit(flat[LEFT_EYE_OUTER] - flat[RIGHT_EYE_OUTER])
    height = max(float(np.linalg.norm(points[CHIN] - points[BROW])), 1e-9)
    return np.asarray(flat @ np.array([[cos, -sin], [sin, cos]]) / height)


def head_angles(points: np.ndarray) -> tuple[float, float, float]:
    """Measure the head's rotation.

    The head's axes are the line between the outer eye corners and the one from brow to chin.

    Args:
        points: The face mesh, [468, 3] float.

    Returns:
        Yaw, pitch and roll (turn, nod and tilt) in degrees; 0 is frontal.
    """
    across = _unit(points[LEFT_EYE_OUTER] - points[RIGHT_EYE_OUTER])
    down = points[CHIN] - points[BROW]
    down = _unit(down - across * (down @ across))
    yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    pitch = np.degrees(np.arcsin(np.clip(down[2], -1, 1)))
    roll = np.degrees(np.arctan2(across[1], across[0]))
    return float(yaw), float(pitch), float(roll)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
