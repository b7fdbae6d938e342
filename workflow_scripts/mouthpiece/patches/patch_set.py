"""A draft is a patch set, not a film: what an engine drew, and where it belongs in the picture.

File format, version 2: an archive (see `archive`) of
  meta.json   {"version": 2, "frames": T, "size": [height, width], "engine": ...}
  pixels.mov  T pictures of RGB, 8 bit; see `lossless`
  masks.mov   T pictures of grey, 8 bit: 0 keeps the picture, 255 takes the patch
  affine.npy  [T, 2, 3] float64: patch pixel centres (x, y, 1) to picture pixel centres
  alpha.npy   [T] float32 in [0, 1]: 0 where silence keeps the original
An empty patch set (T = 0), that of a cut which is passed through, has meta.json only.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from ..core.files import temporary_folder
from .archive import Archive, read_archive, write_archive
from .lossless import LosslessWriter
from .patch import Extent, Patch

VERSION = 2

EMPTY_SIZE = (2, 2)
"""The size in the file of an empty patch set."""


def write_patches(
    path: Path, patches: Iterable[Patch], engine: str, extent: Extent | None = None
) -> None:
    """Write a patch set file atomically, patch by patch; equal patches make equal bytes.

    Args:
        path: The file to write.
        patches: One a frame, in order, all of one size. None at all make an empty patch set.
        engine: The name of the engine that drew them.
        extent: The part of each patch that is kept; None: all of it.
    """
    affine, alpha = [], []
    size = EMPTY_SIZE
    with temporary_folder(path) as folder:
        files = {name: folder / name for name in ("pixels.mov", "masks.mov")}
        with (
            LosslessWriter(files["pixels.mov"], "rgb24") as pixels,
            LosslessWriter(files["masks.mov"], "gray") as masks,
        ):
            for whole in patches:
                patch = extent.crop(whole) if extent else whole
                pixels.write(patch.pixels)
                masks.write(patch.mask)
                affine.append(patch.affine)
                alpha.append(patch.alpha)
                size = patch.mask.shape[0], patch.mask.shape[1]
        meta = {
            "version": VERSION,
            "frames": len(alpha),
            "size": list(size),
            "engine": engine,
        }
        members: dict[str, np.ndarray | Path] = dict(files)
        members["affine.npy"] = np.array(affine, np.float64)
        members["alpha.npy"] = np.array(alpha, np.float32)
        write_archive(path, meta, members if alpha else {})


class PatchReader:
    """A patch set file. Iterating reads the patches in order, and starts over each time.

    Attributes:
        engine: The name of the engine that drew them.
        frames: How many patches there are; 0 where the cut is passed through.
        size: Rows and columns of a patch.
        affine: All affines, [T, 2, 3] float64; see `Patch`.
        alpha: All weights, [T] float32.
    """

    def __init__(self, path: Path) -> None:
        """Open a file, and check that it is whole.

        Args:
            path: What `write_patches` wrote.

        Raises:
            Fault: The file is broken.
        """
        with read_archive(path, VERSION) as archive:
            self.engine = str(archive.meta["engine"])
            self.frames = int(archive.meta["frames"])
            height, width = archive.meta["size"]
            self.size = int(height), int(width)
            self.affine = np.zeros((0, 2, 3), np.float64)
            self.alpha = np.zeros(0, np.float32)
            if self.frames:
                self._find_members(archive)

    def _find_members(self, archive: Archive) -> None:
        self.affine, self.alpha = archive.array("affine.npy"), archive.array("alpha.npy")
        expected = {"affine": (self.frames, 2, 3), "alpha": (self.frames,)}
        for name, shape in expected.items():
            found = getattr(self, name).shape
            if found != shape:
                raise ValueError(f"{name} has shape {found}, expected {shape}")
        self._pixels = archive.video("pixels.mov", "rgb24", self.frames)
        self._masks = archive.video("masks.mov", "gray", self.frames)

    def __len__(self) -> int:
        return self.frames

    def __iter__(self) -> Iterator[Patch]:
        return self.read(0)

    def read(self, first: int) -> Iterator[Patch]:
        """Read the patches from a frame on.

        Args:
            first: The frame's number in the cut.

        Yields:
            The patches, in order.

        Raises:
            Fault: The file is broken.
        """
        order = range(first, self.frames)
        if not order:
            return
        videos = zip(self._pixels.read(order), self._masks.read(order), strict=True)
        for number, (pixels, mask) in zip(order, videos, strict=True):
            yield Patch(pixels, mask, self.affine[number], float(self.alpha[number]))
