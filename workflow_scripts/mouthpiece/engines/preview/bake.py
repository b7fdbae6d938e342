"""Baking: a cut's pictures and face track to its avatar, one picture at a time."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from ...core.files import temporary_folder
from ...faces.mesh import FaceMesh
from ...faces.track import Track
from ...media.region import Region
from ...patches.lossless import LosslessVideo, LosslessWriter
from ..avatar_file import counted
from . import avatar, contour, shape
from .donors import choose_lenders, frame_cost
from .gauge import Gauge
from .looks import Looks
from .painter import Painter
from .teeth import SEEN, Teeth, find_teeth, upper_height

CENTRE_Y = 0.16
"""How far a crop's centre lies below the mouth's, in mouth widths at rest."""

SMOOTHING_FRAMES = 2.0
"""Standard deviation of the smoothing of the crop's place over time."""

MESH_SMOOTHING_FRAMES = 0.7
"""Standard deviation of the smoothing of the mesh over time."""

SIZES_PX = (256, 1024, 64)
"""The least and the greatest side of a crop that follows the face, and the step between sides."""

BARED = 0.03
"""An opening from which teeth are to be expected, in mouth widths at rest; on lips that are shut
what looks like teeth is a gleam."""

PARTED = 0.015
"""From this opening on that the mesh sees beyond that of shut lips, in mouth widths, lips part."""

REST_MOUTH = (0.0, 1.0)
"""Aperture and width of a mouth at rest, by what a mouth width is."""

BLOCK_FRAMES = 256
"""Frames that are smoothed at once."""

CUBIC_PX = 2
"""Pixels that a crop's cubic interpolation needs beside those that it lies on."""


def bake(
    pictures: Iterable[np.ndarray], track: Track, side_px: int | Literal["auto"], path: Path
) -> None:
    """Bake a cut's avatar.

    Args:
        pictures: The cut's T frames, RGB, [H, W, 3] uint8.
        track: The face in the same frames.
        side_px: Side of a crop; `auto`: see `own_size`.
        path: The avatar file to write.

    Raises:
        Fault: There are not as many pictures as the track has frames.
    """
    pose, head = shape.measure(track.points)
    size_px = own_size(pose) if side_px == "auto" else side_px
    affine = _crop_places(pose, size_px)
    scale, rotation, shift = _pose_in_crop(pose, affine)
    head = _smooth(head, MESH_SMOOTHING_FRAMES)
    points = shape.Pose(scale, rotation, shift).to_picture(head)[..., :2]
    # Allocated at once: small arrays that stay, between pictures that go, would fragment the heap.
    profiles = np.empty((track.frames, *contour.PROFILE), np.float32)
    looks, gauge = Looks.empty(track.frames), Gauge.of(track.points, track.seen)
    with temporary_folder(path) as folder:
        with LosslessWriter(folder / "crops.mov", "rgb24") as crops:
            frames = zip(counted(pictures, track.frames), affine, points, strict=True)
            for number, (picture, matrix, mesh) in enumerate(frames):
                crop = _cut_out(picture, matrix, size_px)
                profiles[number] = contour.profile(crop, mesh)
                looks.note(number, crop, mesh)
                gauge.note(number, picture)
                crops.write(crop)
        parting = contour.find_parting(profiles, points)
        arrays = {"affine": affine, "scale": scale, "rotation": rotation, "shift": shift}
        teeth = find_teeth(profiles, parting.place(points), points)
        row = upper_height(profiles, parting, points)
        arrays |= _mouths(head, points, parting, looks, row, teeth, scale, rotation)
        kept = LosslessVideo(folder / "crops.mov", "rgb24", track.frames)
        ungauged = avatar.Avatar(kept, size_px, **arrays, gain=np.ones(1))
        gain = gauge.gain(Painter.of(ungauged), pose.scale, FaceMesh().locate)
        arrays["gain"] = np.array([gain])
        avatar.save(path, folder / "crops.mov", arrays, size_px)


def looked_at(track: Track, side_px: int | Literal["auto"]) -> Region:
    """Find what `bake` cuts out of a cut's pictures.

    Args:
        track: The face in T frames.
        side_px: Side of a crop.

    Returns:
        What holds all crops, and the faces that the gauge keeps.
    """
    pose, _ = shape.measure(track.points)
    size_px = own_size(pose) if side_px == "auto" else side_px
    last = size_px - 1
    square = np.array([[0, 0, 1], [last, 0, 1], [0, last, 1], [last, last, 1]])
    corners = (square @ _crop_places(pose, size_px).transpose(0, 2, 1)).reshape(-1, 2)
    faces = Gauge.of(track.points, track.seen).regions.values()
    return Region.around(np.concatenate([corners, *(one.corners() for one in faces)]), CUBIC_PX)


def own_size(pose: shape.Pose) -> int:
    """Find the side of a crop that keeps what the picture has of a face.

    Args:
        pose: The face's poses.

    Returns:
        The side in pixels, one of those that `SIZES_PX` allows.
    """
    least, most, step = SIZES_PX
    own = avatar.CROP_SIDE * float(np.quantile(pose.scale, 0.9))
    return int(np.clip(step * round(own / step), least, most))


def _mouths(
    head: np.ndarray,
    points: np.ndarray,
    parting: contour.Parting,
    looks: Looks,
    row: np.ndarray,
    teeth: Teeth,
    scale: np.ndarray,
    rotation: np.ndarray,
) -> dict[str, np.ndarray]:
    """What the mouths of a cut do, and which of them are lent to other frames."""
    mesh, tracked = contour.mesh_gap(points), points
    points = parting.place(tracked)
    gap = points[:, shape.LOWER_MIDDLE, 1] - points[:, shape.UPPER_MIDDLE, 1]
    aperture = gap.mean(1) / scale
    width = np.linalg.norm(head[:, 61] - head[:, 291], axis=1)
    rest = parting.place_rest(shape.at_rest(head, aperture, aperture + 0.5 * mesh))
    mouth = np.stack([aperture, width], 1)
    cost = frame_cost(mouth, head, rotation, parting, looks)
    lenders = choose_lenders(mouth, mesh, cost, row, teeth, looks)
    shut = lenders.lips
    beyond_shut = contour.beyond_shut(mesh)
    # Where a cut never shows shut lips, those that are lent are shut over what is between them.
    between = parting
    if aperture[shut] >= BARED and teeth.ridge[shut] >= SEEN:
        between = between.opened(shut, teeth.upper[shut], teeth.lower[shut])
    if beyond_shut[shut] >= PARTED:
        between = between.opened(shut, teeth.dark_upper[shut], teeth.dark_lower[shut])
    if between is not parting:
        points[shut] = between.place(tracked)[shut]
    open_shapes = lenders.shapes[aperture[lenders.shapes] > shape.SHUT_LIMIT]
    shapes = shape.evened(parting.place(head)[open_shapes], rest)
    return {
        "points": points,
        "rest": rest,
        "mouth": mouth,
        "donor_mouths": np.concatenate([[REST_MOUTH], mouth[open_shapes]]),
        "donor_shapes": np.concatenate([rest[None], shapes]),
        "lips": np.array([shut]),
        "inside": lenders.inside,
        "skin": looks.skin,
        "beyond_shut": beyond_shut,
    }


def _cut_out(picture: np.ndarray, matrix: np.ndarray, size_px: int) -> np.ndarray:
    """The crop [S, S, 3] of a picture; area-like where it is reduced, cubic where enlarged."""
    how = cv2.INTER_CUBIC if np.linalg.det(matrix[:, :2]) < 1.5 else cv2.INTER_LINEAR
    return cv2.warpAffine(
        picture,
        matrix,
        (size_px, size_px),
        flags=how | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )


def _crop_places(pose: shape.Pose, size_px: int) -> np.ndarray:
    """The affines [T, 2, 3] from crop to picture: upright with the head, smooth over time."""
    roll = np.unwrap(np.arctan2(pose.rotation[:, 1, 0], pose.rotation[:, 0, 0]))
    centre = pose.to_picture(np.array([[0, CENTRE_Y, 0]]))[:, 0, :2]
    values = _smooth(np.column_stack([np.log(pose.scale), roll, centre]), SMOOTHING_FRAMES)
    scale, roll, centre = (
        np.exp(values[:, 0]) * avatar.CROP_SIDE / size_px,
        values[:, 1],
        values[:, 2:],
    )
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
    smoothed = np.empty(values.shape)
    for first in range(0, len(values), BLOCK_FRAMES):
        end = min(first + BLOCK_FRAMES, len(values))
        windows = [padded[first + i : end + i] for i in range(len(kernel))]
        smoothed[first:end] = np.stack(windows, -1) @ kernel
    return smoothed
