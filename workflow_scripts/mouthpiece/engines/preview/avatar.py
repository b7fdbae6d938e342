"""What is known of a cut before any dub: the person's lower face, frame by frame.

File format, version 1: a zip archive, members stored uncompressed, of
  meta.json  {"version": 1, "frames": T, "size": S}
  crops.mkv  T frames of RGB, S x S, FFV1: the lower face, upright
  NAME.npy   the other arrays of `Avatar`, one each
"""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ...faces.track import Track
from ...patches.patch_set import decode_ffv1, encode_ffv1, read_archive, write_archive
from . import contour, shape
from .lips import choose_levels

VERSION = 1

SIDE = 2.8
"""Side of a crop, in mouth widths at rest."""

CENTRE_Y = 0.16
"""How far a crop's centre lies below the mouth's, in mouth widths at rest."""

SMOOTHING_FRAMES = 2.0
"""Standard deviation of the smoothing of the crop's place over time."""

NUMBERS = ("affine", "points", "rest", "scale", "rotation", "shift", "shown", "levels", "shapes")


@dataclass(frozen=True)
class Avatar:
    """A cut's avatar.

    crops: [T, S, S, 3] uint8 RGB. affine: [T, 2, 3] float64, crop to picture, pixel centres.
    points: [T, 468, 2] the mesh in crop pixels, the inner lips as the picture shows them. rest:
    [468, 3] the resting face in head coordinates (see `shape`). scale, rotation, shift: [T],
    [T, 3, 3], [T, 3] the pose that takes head coordinates to crop pixels. shown: [T, 2] the
    source's own aperture and width, in mouth widths at rest. levels: [L] the frames whose lips are
    lent to others, by rising aperture; shapes: [L, 468, 3] their faces in head coordinates, the
    first of which is at rest if the cut shows the mouth shut.
    """

    crops: np.ndarray
    affine: np.ndarray
    points: np.ndarray
    rest: np.ndarray
    scale: np.ndarray
    rotation: np.ndarray
    shift: np.ndarray
    shown: np.ndarray
    levels: np.ndarray
    shapes: np.ndarray

    @property
    def frames(self) -> int:
        """How many frames the cut has."""
        return len(self.crops)

    @property
    def size_px(self) -> int:
        """Side of a crop."""
        return self.crops.shape[1]

    def place(self, face: np.ndarray, order: Sequence[int]) -> np.ndarray:
        """Faces [N, 468, 3] in head coordinates to crop pixels [N, 468, 2], posed as in `order`."""
        of = list(order)
        return shape.Pose(self.scale[of], self.rotation[of], self.shift[of]).to_picture(face)[
            ..., :2
        ]


def bake(pictures: Iterator[np.ndarray], track: Track, size_px: int) -> Avatar:
    """Make the avatar of a cut from its pictures, RGB [H, W, 3] uint8, and its face track."""
    pose, head = shape.measure(track.points)
    affine = _crop_places(pose, size_px)
    crops = np.stack(
        [
            cv2.warpAffine(
                picture,
                matrix,
                (size_px, size_px),
                flags=_interpolation(matrix) | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
            for picture, matrix in zip(pictures, affine, strict=True)
        ]
    )
    scale, rotation, shift = _pose_in_crop(pose, affine)
    head = _smooth(head, 0.7)
    points = shape.Pose(scale, rotation, shift).to_picture(head)[..., :2]
    mesh = contour.mesh_gap(points)
    parting = contour.find(crops, points)
    points = parting.place(points)
    gap = points[:, shape.LOWER_MIDDLE, 1] - points[:, shape.UPPER_MIDDLE, 1]
    aperture = gap.mean(1) / scale
    width = np.linalg.norm(head[:, 61] - head[:, 291], axis=1)
    rest = parting.place_rest(shape.at_rest(head, aperture, aperture + 0.5 * mesh))
    shown = np.stack([aperture, width], 1)
    levels = choose_levels(shown, mesh, parting.redness, rotation)
    shapes = parting.place(head)[levels]
    if aperture[levels[0]] <= shape.SHUT_LIMIT:
        shapes[0] = rest
    return Avatar(crops, affine, points, rest, scale, rotation, shift, shown, levels, shapes)


def _interpolation(matrix: np.ndarray) -> int:
    """Area-like sampling where the picture is reduced, cubic where it is enlarged."""
    return cv2.INTER_CUBIC if np.linalg.det(matrix[:, :2]) < 1.5 else cv2.INTER_LINEAR


def _crop_places(pose: shape.Pose, size_px: int) -> np.ndarray:
    """The affines [T, 2, 3] from crop to picture: upright with the head, smooth over time."""
    roll = np.unwrap(np.arctan2(pose.rotation[:, 1, 0], pose.rotation[:, 0, 0]))
    centre = pose.to_picture(np.array([[0, CENTRE_Y, 0]]))[:, 0, :2]
    values = _smooth(np.column_stack([np.log(pose.scale), roll, centre]), SMOOTHING_FRAMES)
    scale, roll, centre = np.exp(values[:, 0]) * SIDE / size_px, values[:, 1], values[:, 2:]
    cos, sin = scale * np.cos(roll), scale * np.sin(roll)
    matrix = np.stack([np.stack([cos, -sin], 1), np.stack([sin, cos], 1)], 1)
    shift = centre - matrix @ np.full(2, (size_px - 1) / 2)
    return np.concatenate([matrix, shift[..., None]], 2)


def _pose_in_crop(
    pose: shape.Pose, affine: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pose from head coordinates to crop pixels."""
    size = np.sqrt(np.linalg.det(affine[:, :, :2]))
    turn = np.zeros_like(pose.rotation)
    turn[:, :2, :2] = np.linalg.inv(affine[:, :, :2]) * size[:, None, None]
    turn[:, 2, 2] = 1
    shift = pose.shift.copy()
    shift[:, :2] -= affine[:, :, 2]
    return (
        pose.scale / size,
        turn @ pose.rotation,
        np.einsum("tij,tj->ti", turn, shift) / size[:, None],
    )


def _smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian smoothing over the first axis, ends mirrored."""
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padding = [(reach, reach)] + [(0, 0)] * (values.ndim - 1)
    padded = np.pad(values, padding, mode="reflect" if len(values) > reach else "edge")
    windows = np.stack([padded[i : i + len(values)] for i in range(len(kernel))], -1)
    return windows @ kernel


def save(avatar: Avatar, path: Path) -> None:
    """Write an avatar file atomically; equal avatars are equal bytes."""
    meta = {
        "version": VERSION,
        "frames": avatar.frames,
        "size": avatar.size_px,
    }
    members = {"meta.json": json.dumps(meta, sort_keys=True).encode()}
    members["crops.mkv"] = encode_ffv1(avatar.crops, "rgb24")
    for name in NUMBERS:
        buffer = io.BytesIO()
        np.save(buffer, getattr(avatar, name))
        members[f"{name}.npy"] = buffer.getvalue()
    write_archive(path, members)


def load(path: Path) -> Avatar:
    """Read an avatar file. Raises Fault where it is broken."""
    with read_archive(path, VERSION) as (archive, _):
        return Avatar(
            decode_ffv1(archive.read("crops.mkv"), "rgb24"),
            *(np.load(io.BytesIO(archive.read(f"{name}.npy"))) for name in NUMBERS),
        )
