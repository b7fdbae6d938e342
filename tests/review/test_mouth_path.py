"""Where a cut's mouth is, for the loupe."""

import numpy as np

from mouthpiece.faces.landmarks import BROW, CHIN, LIPS_OUTER, MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.review.mouth_path import mouth_path


def face(x: float, y: float, height_px: float, frames: int) -> np.ndarray:
    """A face that moves right by a pixel a frame; x and y are those of its lips."""
    points = np.zeros((frames, MESH_POINTS, 3), np.float32)
    points[:, BROW, 1], points[:, CHIN, 1] = y - 0.6 * height_px, y + 0.4 * height_px
    points[:, LIPS_OUTER] = (x, y, 0)
    points[..., 0] += np.arange(frames, dtype=np.float32)[:, None]
    return points


def test_the_mouth_is_told_every_fifth_frame() -> None:
    track = Track(face(100, 50, 50, 11), np.ones(11, bool))
    assert mouth_path(track, 200, 100) == [(500, 500, 400), (525, 500, 400), (550, 500, 400)]


def test_a_small_face_is_not_enlarged_without_end_and_none_beyond_the_picture() -> None:
    small = mouth_path(Track(face(100, 50, 5, 1), np.ones(1, bool)), 200, 100)
    assert small == [(500, 500, 240)]
    large = mouth_path(Track(face(-30, 50, 500, 1), np.ones(1, bool)), 200, 100)
    assert large == [(0, 500, 1000)]


def test_without_a_face_there_is_no_mouth() -> None:
    assert mouth_path(Track.empty(), 200, 100) == []
