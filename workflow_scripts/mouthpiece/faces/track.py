"""The face track of a cut: where the one face is, frame by frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.files import atomic
from .landmarks import MESH_POINTS


@dataclass(frozen=True)
class Track:
    """A face over T frames, smoothed and with short gaps bridged.

    points: [T, 468, 3] float32 mesh in mezzanine pixels (see `faces.FaceMesh`).
    seen: [T] bool, False where a gap was bridged by interpolation.
    A passed-through cut has T = 0.
    """

    points: np.ndarray
    seen: np.ndarray

    @property
    def frames(self) -> int:
        """How many frames the track covers."""
        return len(self.points)

    @classmethod
    def empty(cls) -> "Track":
        """The track of a cut that is passed through."""
        return cls(np.zeros((0, MESH_POINTS, 3), np.float32), np.zeros(0, bool))

    def at(self, places: Sequence[int]) -> "Track":
        """The track's frames at these places, in their order."""
        return Track(self.points[list(places)], self.seen[list(places)])

    def save(self, path: Path) -> None:
        """Write the track atomically as .npz."""
        with atomic(path) as temporary:
            np.savez(temporary, points=self.points, seen=self.seen)

    @classmethod
    def load(cls, path: Path) -> "Track":
        """Read a track."""
        with np.load(path, allow_pickle=False) as data:
            return cls(data["points"], data["seen"])


def save_all(tracks: Sequence[Track], path: Path) -> None:
    """Write tracks of the same frames, none or some, atomically as .npz."""
    points = np.stack([track.points for track in tracks]) if tracks else np.zeros((0, 0))
    seen = np.stack([track.seen for track in tracks]) if tracks else np.zeros((0, 0), bool)
    with atomic(path) as temporary:
        np.savez(temporary, points=points, seen=seen)


def load_all(path: Path) -> list[Track]:
    """Read what `save_all` wrote."""
    with np.load(path, allow_pickle=False) as data:
        return [Track(*one) for one in zip(data["points"], data["seen"], strict=True)]
