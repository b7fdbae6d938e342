"""Baking: a cut's pictures and face track to its avatar. It needs no network."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from ...faces.track import Track
from ..avatar_file import counted
from ..face_boxes import around, exists, to_picture
from ..shut_mouth import kept_shut
from . import boxes, mask
from .avatar import Avatar
from .boxes import Pads
from .faces import cut_out
from .network import SIDE_PX
from .settings import Wav2LipSettings


def bake(
    pictures: Iterator[np.ndarray], track: Track, settings: Wav2LipSettings, path: Path
) -> None:
    """Bake a cut's avatar.

    Args:
        pictures: The cut's T frames, RGB, [H, W, 3] uint8.
        track: The face in the same frames.
        settings: The engine's settings.
        path: The avatar file to write.

    Raises:
        Fault: There are not as many pictures as the track has frames.
    """
    first = next(pictures, np.zeros((0, 0, 3), np.uint8))
    places = redrawn(track, settings, first.shape[0], first.shape[1])
    drawn, affine = exists(places), to_picture(places, SIDE_PX)
    faces = np.zeros((track.frames, SIDE_PX, SIDE_PX, 3), np.uint8)
    masks = np.zeros((track.frames, SIDE_PX, SIDE_PX), np.uint8)
    given = chain([first] if first.size else [], pictures)
    for frame, picture in enumerate(counted(given, track.frames)):
        if drawn[frame]:
            faces[frame] = cut_out(picture, places[frame])
            scale, shift = affine[frame].diagonal(), affine[frame][:, 2]
            points = (track.points[frame][:, :2] - shift) / scale
            masks[frame] = mask.draw(points, settings.mask, settings.mask_feather)
    Avatar(faces, masks, affine, drawn, kept_shut(track)).save(path)


def redrawn(track: Track, settings: Wav2LipSettings, height: int, width: int) -> np.ndarray:
    """Choose the boxes that are redrawn.

    Args:
        track: The face in T frames.
        settings: The engine's settings.
        height: The pictures' rows.
        width: The pictures' columns.

    Returns:
        [T, 4] int64; see `boxes`.
    """
    pads = Pads(
        settings.pad_top_px, settings.pad_bottom_px, settings.pad_left_px, settings.pad_right_px
    )
    found = around(track.points).astype(np.float64)
    return boxes.face_boxes(found, pads, settings.smoothing_frames, height, width)
