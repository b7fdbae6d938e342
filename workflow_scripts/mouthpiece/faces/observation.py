"""A face in a frame: its mesh, and the colours at the mesh's points."""

from dataclasses import dataclass

import cv2
import numpy as np

from .landmarks import BROW, CHIN

SKIN_POINTS = (1, 4, 5, 195, 197, 50, 280, 117, 346, 151)
"""Mesh points on nose, upper cheeks and forehead."""

MOUTH_POINTS = (164, 18, 200, 199, 57, 287, 43, 273, 202, 422, 17, 0, 61, 291)
"""Mesh points around the mouth and on the chin."""


@dataclass(frozen=True)
class Observation:
    """A face as seen in one frame.

    Attributes:
        points: The face mesh in the picture's pixels, [468, 3] float32.
        colours: CIE Lab colours at the points, each a local mean, [468, 3] float32.
    """

    points: np.ndarray
    colours: np.ndarray

    @property
    def skin(self) -> np.ndarray:
        """The colours at `SKIN_POINTS`, [10, 3] float32."""
        return self.colours[list(SKIN_POINTS)]

    @property
    def mouth(self) -> np.ndarray:
        """The colours at `MOUTH_POINTS`, [14, 3] float32."""
        return self.colours[list(MOUTH_POINTS)]

    @classmethod
    def of(cls, picture: np.ndarray, points: np.ndarray) -> "Observation":
        """Read the colours of a face out of a picture.

        Args:
            picture: RGB, [H, W, 3] uint8.
            points: The face mesh in its pixels, [468, 3] float32.

        Returns:
            The observation.
        """
        return cls(points, _colours(picture, points))


def _colours(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """CIE Lab colours at the points, each a local mean, [468, 3] float32."""
    radius = max(1, round(float(np.linalg.norm(points[CHIN] - points[BROW])) / 40))
    low = np.floor(points[:, :2].min(0)).astype(int) - 2 * radius
    high = np.ceil(points[:, :2].max(0)).astype(int) + 2 * radius
    low, high = np.maximum(low, 0), np.minimum(high, picture.shape[1::-1])
    face = cv2.blur(picture[low[1] : high[1], low[0] : high[0]], (2 * radius + 1,) * 2)
    last = np.array(face.shape[1::-1]) - 1
    at = np.clip(np.rint(points[:, :2]).astype(int) - low, 0, last)
    found = face[at[:, 1], at[:, 0]].astype(np.float32)[None] / 255
    return np.asarray(cv2.cvtColor(found, cv2.COLOR_RGB2LAB)[0])
