"""One of several faces in a cut."""

from dataclasses import dataclass

import numpy as np

from .landmarks import BROW, CHIN
from .observation import Observation
from .region import Region

FACES_PER_REGION = 1.5
"""The side of a face's region, in face heights."""


@dataclass
class Tracklet:
    """One of several faces that are tracked at once.

    Attributes:
        region: Where the face was last.
        observations: The face in each frame; None where it is out of sight.
        is_visible: Whether it is in sight now.
        nearest_face: How near another face has come, from middle to middle, in face heights; 0
            where both were out of sight at once and may have changed places; None where there is
            no other face.
        lost_frame: The frame in which it was lost, if it is out of sight.
    """

    region: Region
    observations: list[Observation | None]
    is_visible: bool = True
    nearest_face: float | None = None
    lost_frame: int = 0

    def meet(self, other: "Tracklet") -> None:
        """Update `nearest_face` by another face; one that is lost counts where it was lost.

        Args:
            other: The other face.
        """
        side_px = (self.region.side_px + other.region.side_px) / 2
        apart = float(np.linalg.norm(other.region.centre - self.region.centre)) / side_px
        nearest = np.inf if self.nearest_face is None else self.nearest_face
        self.nearest_face = min(FACES_PER_REGION * apart, nearest)

    def distance(self, centre: np.ndarray) -> float:
        """Measure how far a point is from the face.

        Args:
            centre: x and y in pixels, [2] float.

        Returns:
            The distance from the region's centre, in sides of the region.
        """
        return float(np.linalg.norm(centre - self.region.centre)) / self.region.side_px

    @property
    def seen_share(self) -> float:
        """Share of the frames in which the face is seen."""
        return float(np.mean([one is not None for one in self.observations]))

    @property
    def height_px(self) -> float:
        """Height from brow to chin, median over the frames in which the face is seen."""
        return float(np.median([np.linalg.norm(p[CHIN] - p[BROW]) for p in self._meshes]))

    @property
    def x_px(self) -> float:
        """Horizontal position of its middle, median over the frames in which the face is seen."""
        return float(np.median([p[:, 0].mean() for p in self._meshes]))

    @property
    def _meshes(self) -> list[np.ndarray]:
        return [one.points for one in self.observations if one is not None]
