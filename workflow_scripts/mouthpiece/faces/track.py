"""The face track of a cut: where a face is in each frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.errors import Fault
from ..core.files import atomic
from .landmarks import MESH_POINTS


@dataclass(frozen=True)
class Track:
    """A face over T frames, smoothed and with short gaps bridged.

    A cut that is passed through has T = 0.

    Attributes:
        points: The face mesh in the mezzanine's pixels, [T, 468, 3] float32; see `FaceMesh`.
        seen: Whether the face was seen, [T] bool; False where a gap was bridged by interpolation,
            and at an end in which an edit shows (`faces.transition`).
    """

    points: np.ndarray
    seen: np.ndarray

    @property
    def frames(self) -> int:
        """How many frames the track covers."""
        return len(self.points)

    @property
    def placed(self) -> np.ndarray:
        """Whether it is known where the face is, [T] bool: it was seen, or was before and after.

        Before it was first seen and after it was last seen, the first and the last mesh are held.
        """
        before = np.logical_or.accumulate(self.seen)
        return np.asarray(before & np.logical_or.accumulate(self.seen[::-1])[::-1])

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
        save_tracks([self], path)

    @classmethod
    def load(cls, path: Path, face: int = 0) -> "Track":
        """Read a track.

        Args:
            path: What `save` or `save_tracks` wrote.
            face: The track's number among those of the file.

        Returns:
            The track.

        Raises:
            Fault: The file is damaged, or has no such face.
        """
        return cls(*_read(path, face))


def save_tracks(tracks: Sequence[Track], path: Path) -> None:
    """Write the tracks of several faces of a cut atomically.

    Args:
        tracks: The tracks, at least one.
        path: An .npz file.
    """
    arrays = {
        _member(name, face): array
        for face, track in enumerate(tracks)
        for name, array in (("points", track.points), ("seen", track.seen))
    }
    with atomic(path) as temporary:
        np.savez(temporary, allow_pickle=False, **arrays)


def _member(name: str, face: int) -> str:
    return f"{name}_{face}" if face else name


def _read(path: Path, face: int) -> tuple[np.ndarray, np.ndarray]:
    """The points and the flags of a face in a file. Raises Fault where they are damaged."""
    try:
        with np.load(path, allow_pickle=False) as data:
            points, seen = (data[_member(name, face)] for name in ("points", "seen"))
        if points.dtype.kind != "f" or seen.dtype != bool or len(points) != len(seen):
            raise ValueError("other arrays")
    except Exception as error:  # NumPy raises errors of many kinds at a file that is damaged
        if isinstance(error, OSError) and error.filename:  # the file cannot be opened
            raise
        raise Fault(
            f"{path}: not a readable face track ({type(error).__name__}); delete it and run again"
        ) from None
    return points, seen
