"""Where a face is: the detector's box, and the rotated square that the mesh is located in."""

from dataclasses import dataclass

import cv2
import numpy as np

from .landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER


@dataclass(frozen=True)
class Detection:
    """A face that the detector found.

    Attributes:
        box: x1, y1, x2, y2 in pixels, [4] float64.
        score: In [0, 1].
        eyes: The eyes' centres in pixels, the left one in the picture first, [2, 2] float64.
    """

    box: np.ndarray
    score: float
    eyes: np.ndarray

    @property
    def height_px(self) -> float:
        """The box's height in pixels."""
        return float(self.box[3] - self.box[1])


@dataclass(frozen=True)
class Region:
    """A rotated square of a picture.

    Attributes:
        centre: x and y in pixels, [2] float64.
        side_px: The side's length.
        angle: The rotation in radians; 0 is upright.
    """

    centre: np.ndarray
    side_px: float
    angle: float

    @classmethod
    def of_detection(cls, face: Detection) -> "Region":
        """Derive the region in which to locate the mesh of a detected face.

        Args:
            face: The detected face.

        Returns:
            The box grown by half, rotated so that the eyes are level.
        """
        size = float(max(face.box[2] - face.box[0], face.box[3] - face.box[1]))
        centre = (face.box[:2] + face.box[2:]) / 2
        return cls(centre, 1.5 * size, _angle(face.eyes[0], face.eyes[1]))

    @classmethod
    def of_mesh(cls, points: np.ndarray) -> "Region":
        """Derive the region for the next frame from this frame's mesh.

        Args:
            points: The face mesh in pixels, [468, 2 or 3] float.

        Returns:
            The mesh's bounding square grown by half, rotated so that the eyes are level.
        """
        angle = _angle(points[RIGHT_EYE_OUTER, :2], points[LEFT_EYE_OUTER, :2])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        level = points[:, :2] @ turn.T
        low, high = level.min(0), level.max(0)
        return cls(turn.T @ ((low + high) / 2), 1.5 * float((high - low).max()), angle)

    def corners(self) -> np.ndarray:
        """Find the corners.

        Returns:
            x and y of each in the picture's pixels, [4, 2] float64.
        """
        axis = np.array([np.cos(self.angle), np.sin(self.angle)]) * self.side_px / 2
        across, down = axis, np.array([-axis[1], axis[0]])
        return np.stack([self.centre + i * across + j * down for i in (-1, 1) for j in (-1, 1)])

    def mirrored(self, width: int) -> "Region":
        """Find the same square in the mirror image of the picture.

        Args:
            width: The picture's columns.

        Returns:
            The square, with left and right exchanged.
        """
        x, y = self.centre
        return Region(np.array([width - 1 - x, y]), self.side_px, -self.angle)

    def cut_out(self, picture: np.ndarray, side_px: int) -> np.ndarray:
        """Cut the square out of a picture, upright.

        Args:
            picture: RGB, [H, W, 3] uint8.
            side_px: S, the side of the result.

        Returns:
            RGB, [S, S, 3] uint8, black beyond the picture.
        """
        return cv2.warpAffine(
            picture,
            self.to_picture(side_px),
            (side_px, side_px),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
        )

    def to_picture(self, size_px: int) -> np.ndarray:
        """Build the mapping from an upright square's pixels to the picture's.

        Args:
            size_px: The upright square's side.

        Returns:
            An affine matrix, [2, 3] float64.
        """
        scale = self.side_px / size_px
        cos, sin = scale * np.cos(self.angle), scale * np.sin(self.angle)
        matrix = np.array([[cos, -sin], [sin, cos]])
        return np.column_stack([matrix, self.centre - matrix @ np.full(2, (size_px - 1) / 2)])


def _angle(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.arctan2(right[1] - left[1], right[0] - left[0]))
