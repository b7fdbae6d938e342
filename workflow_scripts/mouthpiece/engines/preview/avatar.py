"""What is known of a cut before any dub: the person's lower face, frame by frame.

File format, version 7: an archive (see `patches.archive`) of
  meta.json  {"version": 7, "engine": "preview", "frames": T, "size": S}
  crops.mov  T pictures of RGB, S x S: the lower face, upright
  NAME.npy   the arrays of `Avatar`, one each
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...patches.archive import read_archive, write_archive
from ...patches.lossless import LosslessVideo
from . import shape

VERSION = 7

ENGINE = "preview"

CROP_SIDE = 2.8
"""Side of a crop, in mouth widths at rest."""

ARRAYS = (
    *("affine", "points", "rest", "scale", "rotation", "shift", "mouth"),
    *("donor_mouths", "donor_shapes", "beyond_shut", "lips", "inside", "skin", "gain"),
)
"""The members that hold arrays, by their names in `Avatar`."""


@dataclass(frozen=True)
class Avatar:
    """A cut's avatar of T frames. Lengths are in widths of the person's mouth at rest.

    Attributes:
        crops: T pictures of the lower face, RGB, [S, S, 3] uint8; read one by one.
        size_px: S, side of a crop.
        affine: [T, 2, 3] float64, crop to picture, pixel centres at integers.
        points: [T, 468, 2] the mesh in crop pixels, the inner lips as the picture shows them.
        rest: [468, 3] the face at rest, in head coordinates (see `shape`).
        scale: [T], with `rotation` and `shift` the pose: from head coordinates to crop pixels.
        rotation: [T, 3, 3].
        shift: [T, 3].
        mouth: [T, 2] the source's own aperture and width.
        donor_mouths: [L, 2] apertures, rising, and widths of the faces whose shapes are lent; the
            first is that at rest.
        donor_shapes: [L, 468, 3] these faces, in head coordinates.
        beyond_shut: [T], how much more of an opening than that of closed lips the mesh sees.
        lips: [1] the frame whose lips are lent.
        inside: [0 to 8] frames of which one lends its inner mouth; see `donors.Lenders`.
        skin: [T, 20, 3] float32, see `looks.Looks`.
        gain: [1], see `gauge.Gauge.gain`.
    """

    crops: LosslessVideo
    size_px: int
    affine: np.ndarray
    points: np.ndarray
    rest: np.ndarray
    scale: np.ndarray
    rotation: np.ndarray
    shift: np.ndarray
    mouth: np.ndarray
    donor_mouths: np.ndarray
    donor_shapes: np.ndarray
    beyond_shut: np.ndarray
    lips: np.ndarray
    inside: np.ndarray
    skin: np.ndarray
    gain: np.ndarray

    @property
    def to_draw(self) -> np.ndarray:
        """The source's own aperture and width, as they are drawn to look as wide, [T, 2]."""
        return self.mouth * [float(self.gain[0]), 1.0]

    @property
    def frames(self) -> int:
        """How many frames the cut has."""
        return self.crops.frames

    def place(self, faces: np.ndarray, order: Sequence[int]) -> np.ndarray:
        """Pose faces as some of the frames are.

        Args:
            faces: [N, 468, 3], in head coordinates.
            order: The frames whose pose each face gets, N of them.

        Returns:
            [N, 468, 2], in crop pixels.
        """
        of = list(order)
        pose = shape.Pose(self.scale[of], self.rotation[of], self.shift[of])
        return pose.to_picture(faces)[..., :2]


def save(path: Path, crops: Path, arrays: Mapping[str, np.ndarray], size_px: int) -> None:
    """Write an avatar file atomically; equal avatars make equal bytes.

    Args:
        path: The file to write.
        crops: The crops, as `LosslessWriter` wrote them.
        arrays: The arrays of `ARRAYS`, by name.
        size_px: Side of a crop.
    """
    frames = len(arrays["affine"])
    meta = {"version": VERSION, "engine": ENGINE, "frames": frames, "size": size_px}
    members: dict[str, np.ndarray | Path] = {"crops.mov": crops}
    write_archive(path, meta, members | {f"{name}.npy": arrays[name] for name in ARRAYS})


def load(path: Path) -> Avatar:
    """Read an avatar file; its crops stay on disk.

    Args:
        path: What `save` wrote.

    Returns:
        The avatar.

    Raises:
        Fault: The file is broken.
    """
    with read_archive(path, VERSION) as archive:
        crops = archive.video("crops.mov", "rgb24", int(archive.meta["frames"]))
        arrays = {name: archive.array(f"{name}.npy") for name in ARRAYS}
        return Avatar(crops, int(archive.meta["size"]), **arrays)


def load_size(path: Path) -> int:
    """Read the side of an avatar's crops.

    Args:
        path: What `save` wrote.

    Returns:
        Their side, in pixels.

    Raises:
        Fault: The file is broken.
    """
    with read_archive(path, VERSION) as archive:
        return int(archive.meta["size"])
