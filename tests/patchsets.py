"""Patch sets as arrays, for tests that look at a whole draft at once; the library streams them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mouthpiece.patches.patch import Patch
from mouthpiece.patches.patch_set import PatchReader, write_patches


@dataclass(frozen=True)
class PatchSet:
    """pixels [T, H, W, 3] uint8, masks [T, H, W] uint8, affine [T, 2, 3], alpha [T] float32."""

    engine: str
    pixels: np.ndarray
    masks: np.ndarray
    affine: np.ndarray
    alpha: np.ndarray

    @property
    def frames(self) -> int:
        return len(self.pixels)

    def __len__(self) -> int:
        return len(self.pixels)

    def __iter__(self) -> Iterator[Patch]:
        for pixels, mask, affine, alpha in zip(
            self.pixels, self.masks, self.affine, self.alpha, strict=True
        ):
            yield Patch(pixels, mask, affine, float(alpha))

    @classmethod
    def of(cls, patches: Iterable[Patch], engine: str = "test") -> "PatchSet":
        drawn = list(patches)
        if not drawn:
            return cls.empty(engine)
        return cls(
            engine,
            np.stack([patch.pixels for patch in drawn]),
            np.stack([patch.mask for patch in drawn]),
            np.stack([patch.affine for patch in drawn]),
            np.array([patch.alpha for patch in drawn], np.float32),
        )

    @classmethod
    def empty(cls, engine: str) -> "PatchSet":
        return cls(
            engine,
            np.zeros((0, 2, 2, 3), np.uint8),
            np.zeros((0, 2, 2), np.uint8),
            np.zeros((0, 2, 3), np.float64),
            np.zeros(0, np.float32),
        )


def save(patches: PatchSet, path: Path) -> None:
    write_patches(path, patches, patches.engine)


def load(path: Path) -> PatchSet:
    reader = PatchReader(path)
    return PatchSet.of(reader, reader.engine)
