"""Where a face is: a detector's box, the mesh's turned square."""

from dataclasses import dataclass

import numpy as np

from .landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER


@dataclass(frozen=True)
class Detection:
    """A face: box (x1, y1, x2, y2) in pixels, score, and the two eyes' centres [2, 2]."""

    box: np.ndarray
    score: float
    eyes: np.ndarray

    @property
    def height_px(self) -> float:
        """The box's height."""
        return float(self.box[3] - self.box[1])


@dataclass(frozen=True)
class Region:
    """A turned square of a picture: centre (x, y), side in pixels, angle in radians."""

    centre: np.ndarray
    side_px: float
    angle: float

    @classmethod
    def of_detection(cls, face: Detection) -> "Region":
        """The mesh's region for a detected face: its box grown by half, eyes level."""
        size = float(max(face.box[2] - face.box[0], face.box[3] - face.box[1]))
        centre = (face.box[:2] + face.box[2:]) / 2
        return cls(centre, 1.5 * size, _angle(face.eyes[0], face.eyes[1]))

    @classmethod
    def of_mesh(cls, points: np.ndarray) -> "Region":
        """The mesh's region for the next frame, from this frame's [468, >=2] points."""
        angle = _angle(points[RIGHT_EYE_OUTER, :2], points[LEFT_EYE_OUTER, :2])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        level = points[:, :2] @ turn.T
        low, high = level.min(0), level.max(0)
        return cls(turn.T @ ((low + high) / 2), 1.5 * float((high - low).max()), angle)

    def to_picture(self, size_px: int) -> np.ndarray:
        """The affine [2, 3] from a size_px square's pixels to the picture's."""
        scale = self.side_px / size_px
        cos, sin = scale * np.cos(self.angle), scale * np.sin(self.angle)
        matrix = np.array([[cos, -sin], [sin, cos]])
        return np.column_stack([matrix, self.centre - matrix @ np.full(2, (size_px - 1) / 2)])


def _angle(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.arctan2(right[1] - left[1], right[0] - left[0]))
