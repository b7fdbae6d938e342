"""The avatar of a cut: what MuseTalk needs of its pictures, for every language and every dub.

File format, version 4: an archive (see `patches.archive`) of
  meta.json        {"version": 4, "engine": "musetalk", "frames": T,
                   "shift_range_px": [least, most]}
  latents.npy      [T, 8, 32, 32] float16: the face with its lower half black, and whole
  masks.mov        T pictures of grey, 8 bit: how much of a drawn face is taken
  affine.npy       [T, 2, 3] float64: patch pixel centres to picture pixel centres
  drawn.npy        [T] bool: False where there is no face to draw
  shut.npy         [T] bool: True where the source's mouth is shut and stays so
  mask_bounds.npy  [T, 4] int32: the part that each mask takes, see `patches.patch.mask_bounds`
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from ...patches.archive import read_archive, write_archive
from ...patches.lossless import LosslessVideo
from ..frame_arrays import FrameArrays

VERSION = 4

ENGINE = "musetalk"


@dataclass(frozen=True)
class Avatar(FrameArrays):
    """An avatar without its masks, which are read one by one: see `load_masks`.

    Attributes:
        latents: [T, 8, 32, 32] float16, of the face with its lower half black, and of the whole.
        affine: [T, 2, 3] float64, patch pixels to picture pixels.
        drawn: [T] bool, False where there is no face to draw.
        shut: [T] bool, True where the source's mouth is shut and stays so.
        mask_bounds: [T, 4] int32, the part of the patch that each mask takes.
        shift_range_px: The least and most `bbox_shift_px` that suit this cut.
    """

    arrays: ClassVar[tuple[str, ...]] = ("latents", "affine", "drawn", "shut", "mask_bounds")

    latents: np.ndarray
    affine: np.ndarray
    drawn: np.ndarray
    shut: np.ndarray
    mask_bounds: np.ndarray
    shift_range_px: tuple[int, int]

    def save(self, path: Path, masks: Path) -> None:
        """Write an avatar file atomically; equal avatars make equal bytes.

        Args:
            path: The file to write.
            masks: The masks, as `LosslessWriter` wrote them.
        """
        meta = {
            "version": VERSION,
            "engine": ENGINE,
            "frames": self.frames,
            "shift_range_px": list(self.shift_range_px),
        }
        members: dict[str, np.ndarray | Path] = {"masks.mov": masks}
        write_archive(
            path, meta, members | {f"{name}.npy": getattr(self, name) for name in self.arrays}
        )

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
            least, most = archive.meta["shift_range_px"]
            arrays = {name: archive.array(f"{name}.npy") for name in cls.arrays}
            return cls(**arrays, shift_range_px=(int(least), int(most)))


def load_masks(path: Path) -> LosslessVideo:
    """Find an avatar's masks.

    Args:
        path: What `Avatar.save` wrote.

    Returns:
        T pictures, [256, 256] uint8.

    Raises:
        Fault: The file is broken.
    """
    with read_archive(path, VERSION) as archive:
        return archive.video("masks.mov", "gray", int(archive.meta["frames"]))


def load_mask_bounds(path: Path) -> np.ndarray:
    """Read which part of the patch each mask of an avatar takes.

    Args:
        path: What `Avatar.save` wrote.

    Returns:
        [T, 4] int32, see `patches.patch.mask_bounds`.

    Raises:
        Fault: The file is broken.
    """
    with read_archive(path, VERSION) as archive:
        return archive.array("mask_bounds.npy")


def load_shift_range(path: Path) -> tuple[int, int]:
    """Read the range of `bbox_shift_px` that suits the cut of an avatar.

    Args:
        path: What `Avatar.save` wrote.

    Returns:
        The least and the most, in pixels.

    Raises:
        Fault: The file is broken.
    """
    with read_archive(path, VERSION) as archive:
        least, most = archive.meta["shift_range_px"]
        return int(least), int(most)
