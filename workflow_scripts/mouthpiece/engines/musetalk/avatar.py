"""The avatar of a cut: what MuseTalk needs of its pictures, for every language and every dub.

File format, version 2: a zip archive, members stored uncompressed, of
  meta.json    {"version": 2, "frames": T, "shift_range_px": [least, most]}
  latents.npy  [T, 8, 32, 32] float16: the face with its lower half black, and whole
  masks.mkv    T frames of grey, FFV1, 8 bit: how much of a drawn face is taken
  affine.npy   [T, 2, 3] float64: patch pixel centres to picture pixel centres
  drawn.npy    [T] bool: False where there is no face to draw
  shut.npy     [T] bool: True where the source's mouth is shut and stays so
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...patches.patch_set import decode_ffv1, encode_ffv1, read_archive, write_archive

VERSION = 2

FRAMEWISE = ("latents", "masks", "affine", "drawn", "shut")


@dataclass(frozen=True)
class Avatar:
    """See the module's file format. shift_range_px: the `bbox_shift_px` that suit this cut."""

    latents: np.ndarray
    masks: np.ndarray
    affine: np.ndarray
    drawn: np.ndarray
    shut: np.ndarray
    shift_range_px: tuple[int, int]

    @property
    def frames(self) -> int:
        """How many frames the avatar covers."""
        return len(self.latents)

    def at(self, places: Sequence[int]) -> "Avatar":
        """The avatar of the frames at these places, in their order."""
        of = list(places)
        taken = {name: getattr(self, name)[of] for name in FRAMEWISE}
        return replace(self, **taken)

    def save(self, path: Path) -> None:
        """Write the avatar atomically; equal avatars are equal bytes."""
        meta = {
            "version": VERSION,
            "frames": self.frames,
            "shift_range_px": list(self.shift_range_px),
        }
        names = ("latents", "affine", "drawn", "shut")
        arrays = {name: getattr(self, name) for name in names}
        members = {"meta.json": json.dumps(meta, sort_keys=True).encode()}
        members |= {f"{name}.npy": _npy(array) for name, array in arrays.items()}
        members["masks.mkv"] = encode_ffv1(self.masks, "gray")
        write_archive(path, members)

    @classmethod
    def load(cls, path: Path) -> "Avatar":
        """Read an avatar. Raises Fault where the file is broken."""
        with read_archive(path, VERSION) as (archive, meta):
            least, most = meta["shift_range_px"]
            return cls(
                np.load(io.BytesIO(archive.read("latents.npy"))),
                decode_ffv1(archive.read("masks.mkv"), "gray"),
                np.load(io.BytesIO(archive.read("affine.npy"))),
                np.load(io.BytesIO(archive.read("drawn.npy"))),
                np.load(io.BytesIO(archive.read("shut.npy"))),
                (least, most),
            )


def shift_range(path: Path) -> tuple[int, int]:
    """The range of `bbox_shift_px` that suits the cut of an avatar file. Raises Fault likewise."""
    with read_archive(path, VERSION) as (_, meta):
        least, most = meta["shift_range_px"]
    return least, most


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()
