"""The avatar of a cut: what LatentSync needs of its pictures, for every language and every dub.

File format, version 1: an archive (see `patches.archive`) of
  meta.json    {"version": 1, "engine": "latentsync", "frames": T, "side_px": S}
  latents.npy  [T, 8, H, W] float: the face without what is redrawn, and whole
  affine.npy   [T, 2, 3] float64: patch pixel centres to picture pixel centres
  drawn.npy    [T] bool: False where there is no face to draw
  shut.npy     [T] bool: True where the source's mouth is shut and stays so
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from ...patches.archive import read_archive, write_archive
from ..frame_arrays import FrameArrays

VERSION = 1

ENGINE = "latentsync"


@dataclass(frozen=True)
class Avatar(FrameArrays):
    """An avatar.

    Attributes:
        latents: [T, 8, H, W] float16 or float32.
        affine: [T, 2, 3] float64, patch pixels to picture pixels.
        drawn: [T] bool, False where there is no face to draw.
        shut: [T] bool, True where the source's mouth is shut and stays so.
        side_px: Side of a patch.
    """

    arrays: ClassVar[tuple[str, ...]] = ("latents", "affine", "drawn", "shut")

    latents: np.ndarray
    affine: np.ndarray
    drawn: np.ndarray
    shut: np.ndarray
    side_px: int

    def save(self, path: Path) -> None:
        """Write an avatar file atomically; equal avatars make equal bytes.

        Args:
            path: The file to write.
        """
        meta = {
            "version": VERSION,
            "engine": ENGINE,
            "frames": self.frames,
            "side_px": self.side_px,
        }
        write_archive(path, meta, {f"{name}.npy": getattr(self, name) for name in self.arrays})

    @classmethod
    def load(cls, path: Path) -> "Avatar":
        """Read an avatar.

        Args:
            path: What `save` wrote.

        Returns:
            The avatar.

        Raises:
            Fault: The file is broken.
        """
        with read_archive(path, VERSION) as archive:
            arrays = {name: archive.array(f"{name}.npy") for name in cls.arrays}
            return cls(**arrays, side_px=int(archive.meta["side_px"]))


def load_places(path: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """Read where the faces of an avatar are, without their latents.

    Args:
        path: What `Avatar.save` wrote.

    Returns:
        `affine`, `drawn` and `side_px`, see `Avatar`.

    Raises:
        Fault: The file is broken.
    """
    with read_archive(path, VERSION) as archive:
        side_px = int(archive.meta["side_px"])
        return archive.array("affine.npy"), archive.array("drawn.npy"), side_px
