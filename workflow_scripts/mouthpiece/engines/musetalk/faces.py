"""The faces of a cut: where they are, what the networks see of them, what of them is redrawn."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
from torch import Tensor

from ...faces.track import Track
from ...media.region import Region
from ..avatar_file import counted
from ..face_boxes import around, to_picture
from . import boxes, crops, landmarks, masks
from .crops import Part, blank
from .generate import SIDE_PX
from .landmarks import Dwpose
from .resample import LANCZOS_PX, moved
from .settings import MusetalkSettings

LEAST_BOX_PX = 16
"""A smaller box holds no face that could be drawn."""


@dataclass(frozen=True)
class Face:
    """A face in its picture.

    Attributes:
        picture: RGB, [H, W, 3] uint8.
        landmarks: The face's 68 landmarks, [68, 2], in picture pixels.
        box: (x1, y1, x2, y2) in picture pixels, [4]: see `boxes`.
    """

    picture: np.ndarray
    landmarks: np.ndarray
    box: np.ndarray

    @property
    def is_drawn(self) -> bool:
        """Whether there is a face to draw."""
        return bool((self.box[2:] - self.box[:2] >= LEAST_BOX_PX).all())

    @property
    def affine(self) -> np.ndarray:
        """The affine [2, 3] from the patch to the picture."""
        return to_picture(self.box[None], SIDE_PX)[0]


@dataclass(frozen=True)
class View:
    """What the networks see of a face.

    Attributes:
        part: What the face is sampled from.
        surroundings: What the square around it is sampled from, where a network parses it.
        labels: Its map of classes, [512, 512] uint8, where none does.
    """

    part: Part
    surroundings: Part | None
    labels: np.ndarray | None


def locate(
    pictures: Iterable[np.ndarray], track: Track, settings: MusetalkSettings, dwpose: Dwpose | None
) -> Iterator[Face]:
    """Find the face in each picture, its box in whole pixels as upstream finds it.

    Args:
        pictures: The cut's frames, RGB, [H, W, 3] uint8.
        track: The face in the same frames.
        settings: How landmarks are found, and what is added to the box.
        dwpose: What finds landmarks where that is not the track's mesh.

    Yields:
        The faces, in order.

    Raises:
        Fault: There are not as many pictures as the track has frames.
    """
    detected = around(track.points)
    checked = counted(pictures, track.frames)
    located: Iterable[tuple[np.ndarray, np.ndarray]]
    if dwpose is None:
        located = zip(checked, landmarks.from_mesh(track.points), strict=True)
    else:
        located = dwpose.locate(checked, detected)
    for (picture, found), box in zip(located, detected, strict=True):
        yield Face(picture, found, _box(picture, found, box, settings))


def _box(
    picture: np.ndarray, points: np.ndarray, detected: np.ndarray, settings: MusetalkSettings
) -> np.ndarray:
    """The box [4] of one face, with its margin; zeros where the track has no face."""
    height, width = picture.shape[:2]
    if not (np.isfinite(points).all() and np.isfinite(detected).all()):
        return np.array(boxes.NO_FACE)
    newer = settings.version == "1.5"
    shift = 0 if newer and not settings.shift_1_5 else settings.bbox_shift_px
    limits = np.array([width, height, width, height])
    box = np.array(boxes.face_box(points, np.clip(detected, 0, limits), shift))
    return boxes.extend(box[None], settings.extra_margin_px if newer else 0, height)[0]


def steadied(faces: Iterable[Face], deviation_frames: float) -> Iterator[Face]:
    """Smooth the boxes of faces over time: `boxes.smooth`, over a few frames' delay.

    Args:
        faces: In order.
        deviation_frames: Standard deviation of the smoothing, in frames; 0 is off.

    Yields:
        The faces, in order.
    """
    reach = int(4 * deviation_frames + 0.5)
    before: deque[np.ndarray] = deque(maxlen=max(reach, 1))
    ahead: deque[Face] = deque()

    def first() -> Face:
        window = np.array([*before, *(face.box for face in ahead)])
        place = len(before)
        before.append(ahead[0].box)
        return replace(ahead.popleft(), box=boxes.smooth(window, deviation_frames)[place])

    for face in faces:
        ahead.append(face)
        if len(ahead) > reach:
            yield first()
    while ahead:
        yield first()


def looked_at(track: Track, settings: MusetalkSettings, height: int, width: int) -> Region | None:
    """Find what is cut out of a cut's pictures, where the track's mesh gives the landmarks.

    Args:
        track: The face in T frames.
        settings: What is added to the box, and how it is smoothed.
        height: The pictures' rows.
        width: The pictures' columns.

    Returns:
        The squares around all faces; None where there is no face.
    """
    blank = np.broadcast_to(np.uint8(0), (height, width, 3))
    located = locate(repeat(blank, track.frames), track, settings, None)
    faces = list(steadied(located, settings.box_smoothing_frames))
    squares = [masks.surroundings(np.rint(face.box)) for face in faces if face.is_drawn]
    if not squares:
        return None
    table = np.array(squares)
    x1, y1 = np.maximum(table[:, :2].min(0) - LANCZOS_PX, 0)
    x2, y2 = np.minimum(table[:, 2:].max(0) + LANCZOS_PX, (width, height))
    return Region(slice(int(y1), int(y2)), slice(int(x1), int(x2)))


def view(face: Face, parsed: bool) -> View:
    """Cut out what the networks see of a face.

    Args:
        face: The face.
        parsed: Whether a network finds its skin.

    Returns:
        What they see.
    """
    if parsed:
        return View(part(face), _surroundings(face), None)
    return View(part(face), None, _draw_labels(face))


def part(face: Face) -> Part:
    """Cut out what a face is sampled from.

    Args:
        face: The face.

    Returns:
        The part of its picture; black where there is no face.
    """
    return crops.cut_out(face.picture, face.box, face.affine, SIDE_PX) if face.is_drawn else blank()


def draw_masks(faces: Sequence[Face], labels: Tensor, settings: MusetalkSettings) -> Tensor:
    """Draw the masks of faces on their patches.

    Args:
        faces: The faces.
        labels: Classes of their surroundings, [N, 512, 512] uint8.
        settings: What a mask takes, and how soft it is.

    Returns:
        [N, 256, 256] uint8, where the labels are; 0 where there is no face.
    """
    drawn = [number for number, face in enumerate(faces) if face.is_drawn]
    found = labels.new_zeros((len(faces), SIDE_PX, SIDE_PX))
    if drawn:
        mode = settings.parsing_mode if settings.version == "1.5" else "raw"
        cheeks = settings.left_cheek_width_px, settings.right_cheek_width_px
        boxes = np.rint([faces[number].box for number in drawn])
        affines = np.stack([faces[number].affine for number in drawn])
        index = moved(np.array(drawn), labels.device.type)
        redrawn = masks.region(labels[index], mode, *cheeks)
        found[index] = masks.on_patches(redrawn, boxes, affines, settings.mask_blur, SIDE_PX)
    return found


def _surroundings(face: Face) -> Part:
    if not face.is_drawn:
        return blank()
    return masks.cut_out(face.picture, masks.surroundings(np.rint(face.box)))


def _draw_labels(face: Face) -> np.ndarray:
    if not face.is_drawn:
        return np.zeros((masks.SIDE_PX, masks.SIDE_PX), np.uint8)
    return masks.draw(face.landmarks, masks.surroundings(np.rint(face.box)))
