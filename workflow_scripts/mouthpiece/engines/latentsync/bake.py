"""Baking: a cut's pictures and face track to its avatar, in bounded memory but for latents."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ...core.chunks import chunks
from ...core.overlap import prefetched
from ...faces.track import Track
from ...media.region import Region
from ..avatar_file import counted
from ..shut_mouth import kept_shut
from .align import Template, aligned, inverse, matrices
from .avatar import Avatar
from .generate import Generator


def bake(
    pictures: Iterable[np.ndarray],
    track: Track,
    smoothing_frames: float,
    generator: Generator,
    path: Path,
) -> None:
    """Bake a cut's avatar.

    Args:
        pictures: The cut's T frames, RGB, [H, W, 3] uint8.
        track: The face in the same frames.
        smoothing_frames: See `align.matrices`.
        generator: The networks.
        path: The avatar file to write.

    Raises:
        Fault: There are not as many pictures as the track has frames.
    """
    side, template = generator.side_px, Template.of(generator.side_px)
    places = matrices(track, template, smoothing_frames)
    drawn = np.isfinite(places).all((1, 2))
    checked = zip(counted(pictures, track.frames), places, drawn, strict=True)
    faces = (aligned(seen, place, template, side) for seen, place, is_face in checked if is_face)
    batches = chunks(faces, generator.sizes.vae.frames)
    with prefetched(batches, 1) as ready:
        found = [generator.encode(np.stack(batch)) for batch in ready]
    latents = np.concatenate(found) if found else np.zeros((0, 8, 1, 1), np.float16)
    known = np.zeros((track.frames, *latents.shape[1:]), latents.dtype)
    known[drawn] = latents
    affine = np.zeros((track.frames, 2, 3))
    for frame in np.flatnonzero(drawn):
        affine[frame] = to_picture(places[frame], template, side)
    Avatar(known, affine, drawn, kept_shut(track), side).save(path)


def to_picture(matrix: np.ndarray, template: Template, side_px: int) -> np.ndarray:
    """Find the affine from a patch to the picture.

    Args:
        matrix: From the picture's pixels to those of the aligned face, [2, 3].
        template: The aligned face's size.
        side_px: Side of the patch, to which the face was resized.

    Returns:
        [2, 3] float64.
    """
    scale = np.array(template.size) / side_px
    resized = np.column_stack([np.diag(scale), scale / 2 - 0.5])
    back = inverse(matrix.astype(np.float64))
    return np.asarray(back[:, :2] @ resized + [[0, 0, back[0, 2]], [0, 0, back[1, 2]]])


def looked_at(
    track: Track, side_px: int, smoothing_frames: float, height: int, width: int
) -> Region | None:
    """Find what is cut out of a cut's pictures.

    Args:
        track: The face in T frames.
        side_px: Side of a patch.
        smoothing_frames: See `align.matrices`.
        height: The pictures' rows.
        width: The pictures' columns.

    Returns:
        What holds all aligned faces; None where there is no face in the pictures.
    """
    template = Template.of(side_px)
    places = matrices(track, template, smoothing_frames)
    across, down = template.size
    corners = np.array([[x, y, 1] for x in (0, across - 1) for y in (0, down - 1)])
    seen = [corners @ inverse(place).T for place in places if np.isfinite(place).all()]
    if not seen:
        return None
    x1, y1 = np.clip(np.floor(np.min(seen, (0, 1))) - 1, 0, (width, height)).astype(int)
    x2, y2 = np.clip(np.ceil(np.max(seen, (0, 1))) + 2, 0, (width, height)).astype(int)
    inside = x2 > x1 and y2 > y1
    return Region(slice(int(y1), int(y2)), slice(int(x1), int(x2))) if inside else None
