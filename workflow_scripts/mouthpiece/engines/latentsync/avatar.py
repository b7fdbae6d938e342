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

from ...patches.archive import read_archive
from ..avatar_file import ArrayFile


@dataclass(frozen=True)
class Avatar(ArrayFile):
    """An avatar.

    Attributes:
        latents: [T, 8, H, W] float16 or float32.
        affine: [T, 2, 3] float64, patch pixels to picture pixels.
        drawn: [T] bool, False where there is no face to draw.
        shut: [T] bool, True where the source's mouth is shut and stays so.
        side_px: Side of a patch.
    """

    version: ClassVar[int] = 1
    engine: ClassVar[str] = "latentsync"
    arrays: ClassVar[tuple[str, ...]] = ("latents", "affine", "drawn", "shut")
    numbers: ClassVar[tuple[str, ...]] = ("side_px",)

    latents: np.ndarray
    affine: np.ndarray
    drawn: np.ndarray
    shut: np.ndarray
    side_px: int


def load_places(path: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """Read where the faces of an avatar are, without their latents.

    Args:
        path: What `Avatar.save` wrote.

    Returns:
        `affine`, `drawn` and `side_px`, see `Avatar`.

    Raises:
        Fault: The file is broken.
    """
    with read_archive(path, Avatar.version) as archive:
        side_px = int(archive.meta["side_px"])
        return archive.array("affine.npy"), archive.array("drawn.npy"), side_px
