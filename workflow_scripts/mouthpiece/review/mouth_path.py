"""Where a cut's mouth is, for the loupe of the review page: a few numbers every few frames."""

import numpy as np

from ..faces.landmarks import BROW, CHIN, LIPS_OUTER
from ..faces.track import Track

KEY_FRAMES = 5
"""The page is told every so many frames, and interpolates: a head moves little in between."""

SIDE = 0.8
"""Height of the part that the loupe shows, in face heights: from the eyes to below the chin."""

LEAST_PX = 24.0
"""A smaller part is not enlarged: it would show the codec's blocks."""

SCALE = 1000
"""Numbers are whole thousandths of the picture."""


def mouth_path(track: Track, width: int, height: int) -> list[tuple[int, int, int]]:
    """Find the part of the picture that the loupe shows.

    Args:
        track: The face in the frames of the cut; of no frames where nothing was tracked.
        width: Width of the picture, in pixels.
        height: Its height, in pixels.

    Returns:
        For every KEY_FRAMES-th frame: the middle of the lips, in thousandths of the picture's
        width and height, and the height of the part, in thousandths of the picture's height.
    """
    points = track.points[::KEY_FRAMES, :, :2]
    if not len(points):
        return []
    middle = points[:, LIPS_OUTER].mean(1) / (width, height)
    face_px = np.linalg.norm(points[:, CHIN] - points[:, BROW], axis=1)
    side = np.clip(np.maximum(SIDE * face_px, LEAST_PX) / height, 0, 1)
    found = np.rint(SCALE * np.column_stack([np.clip(middle, 0, 1), side])).astype(int)
    return [(int(x), int(y), int(size)) for x, y, size in found]
