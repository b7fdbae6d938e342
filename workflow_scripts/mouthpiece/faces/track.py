"""The face track of a cut: where a face is in each frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.files import atomic
from .landmarks import MESH_POINTS


@dataclass(frozen=True)
class Track:
    """A face over T frames, smoothed and with short gaps bridged.

    A cut that is passed through has T = 0.

    Attributes:
        points: The face mesh in the mezzanine's pixels, [T, 468, 3] float32; see `FaceMesh`.
        seen: Whether the face was seen, [T] bool; False where a gap was bridged by interpolation.
    """

    points: np.ndarray
    seen: np.ndarray

    @property
    def frames(self) -> int:
        """How many frames the track covers."""
        return len(self.points)

    @classmethod
    def empty(cls) -> "Track":
        """Make the track of a cut that is passed through.

        Returns:
            A track of no frames.
        """
        return cls(np.zeros((0, MESH_POINTS, 3), np.float32), np.zeros(0, bool))

    def at(self, frames: Sequence[int]) -> "Track":
        """Select frames of the track.

        Args:
            frames: Their numbers, in the wanted order; see `Clock.frame_order`.

        Returns:
            A track of these frames.
        """
        return Track(self.points[list(frames)], self.seen[list(frames)])

    def save(self, path: Path) -> None:
        """Write the track atomically.

        Args:
            path: An .npz file.
        """
        with atomic(path) as temporary:
            np.savez(temporary, points=self.points, seen=self.seen)

    @classmethod
    def load(cls, path: Path) -> "Track":
        """Read a track.

        Args:
            path: What `save` wrote.

        Returns:
            The track.
        """
        with np.load(path, allow_pickle=False) as data:
            return cls(data["points"], data["seen"])


def save_all(tracks: Sequence[Track], path: Path) -> None:
    """Write several tracks of the same frames atomically.

    Args:
        tracks: The tracks; may be empty.
        path: An .npz file.
    """
    points = np.stack([track.points for track in tracks]) if tracks else np.zeros((0, 0))
    seen = np.stack([track.seen for track in tracks]) if tracks else np.zeros((0, 0), bool)
    with atomic(path) as temporary:
        np.savez(temporary, points=points, seen=seen)


def load_all(path: Path) -> list[Track]:
    """Read several tracks.

    Args:
        path: What `save_all` wrote.

    Returns:
        The tracks.
    """
    with np.load(path, allow_pickle=False) as data:
        return [Track(*one) for one in zip(data["points"], data["seen"], strict=True)]
