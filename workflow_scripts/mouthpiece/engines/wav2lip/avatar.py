"""The avatar of a cut: what Wav2Lip needs of its pictures, for every language and every dub.

File format, version 1: an archive (see `patches.archive`) of
  meta.json    {"version": 1, "engine": "wav2lip", "frames": T}
  faces.npy    [T, 96, 96, 3] uint8, RGB
  masks.npy    [T, 96, 96] uint8
  affine.npy   [T, 2, 3] float64: patch pixel centres to picture pixel centres
  drawn.npy    [T] bool: False where there is no face to draw
  shut.npy     [T] bool: True where the source's mouth is shut and stays so
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..avatar_file import ArrayFile


@dataclass(frozen=True)
class Avatar(ArrayFile):
    """An avatar.

    Attributes:
        faces: RGB, [T, 96, 96, 3] uint8; black where there is no face to draw.
        masks: [T, 96, 96] uint8.
        affine: [T, 2, 3] float64, patch pixels to picture pixels.
        drawn: [T] bool, False where there is no face to draw.
        shut: [T] bool, True where the source's mouth is shut and stays so.
    """

    version: ClassVar[int] = 1
    engine: ClassVar[str] = "wav2lip"
    arrays: ClassVar[tuple[str, ...]] = ("faces", "masks", "affine", "drawn", "shut")

    faces: np.ndarray
    masks: np.ndarray
    affine: np.ndarray
    drawn: np.ndarray
    shut: np.ndarray
