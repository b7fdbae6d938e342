"""Baking: a cut's pictures and face track to its avatar, in bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TypeVar

import cv2
import numpy as np
import torch

from ...audio.silence import shut
from ...core.batches import chunks
from ...core.errors import Fault
from ...faces.mouth import MEASURES, measures
from ...faces.track import Track
from . import boxes, landmarks, masks
from .avatar import Avatar
from .generate import SIDE_PX, Generator
from .settings import MusetalkSettings

Batch = TypeVar("Batch")

GAP = MEASURES.index("gap")

SHUT_GAP, STILL_GAP = 0.03, 0.012
"""A mouth open by at most the first, moving by at most the second a frame, is shut; in distances of
the eyes. The face mesh draws a gap of 0.012 between closed lips."""

LEAST_BOX_PX = 16
"""A smaller box holds no face that could be drawn."""

PICTURES_A_THREAD = 2
"""How many pictures may wait to be cut out, or be at it, for each thread."""

BATCHES_WAITING = 2
"""How many batches may wait for their masks."""


@dataclass(frozen=True)
class Face:
    """A picture [H, W, 3] uint8 RGB, the face's 68 landmarks [68, 2], and its box [4]."""

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
        return boxes.to_picture(self.box[None], SIDE_PX)[0]


@dataclass(frozen=True)
class View:
    """What the networks see of a face: its crop [256, 256, 3], its surroundings [512, 512, 3].

    Where no network parses, `surroundings` is a map of classes [512, 512].
    """

    crop: np.ndarray
    surroundings: np.ndarray


@dataclass(frozen=True)
class Launched:
    """A batch of faces given to the GPU; `latents` and `labels` are there once `done` returns."""

    faces: list[Face]
    latents: torch.Tensor
    labels: np.ndarray
    done: Callable[[], None]


def bake(
    pictures: Iterable[np.ndarray], track: Track, chosen: MusetalkSettings, painter: Generator
) -> Avatar:
    """The avatar of a cut whose RGB pictures [H, W, 3] uint8 and face track are given.

    Raises Fault if there are not as many pictures as the track has frames.
    """
    located = steadied(locate(pictures, track, chosen, painter), chosen.box_smoothing_frames)
    latents: list[np.ndarray] = []
    masked: list[list[Future[np.ndarray]]] = []
    affine, drawn, points = [], [], []
    with ThreadPoolExecutor(chosen.threads) as pool:
        viewed = chunks(_viewed(located, chosen, pool), painter.encode_batches.frames)
        for batch in _one_behind(_launch(views, chosen, painter) for views in _one_behind(viewed)):
            batch.done()
            latents.append(batch.latents.numpy())
            work = zip(batch.faces, batch.labels, strict=True)
            masked.append([pool.submit(mask, face, labels, chosen) for face, labels in work])
            affine += [face.affine for face in batch.faces]
            drawn += [face.is_drawn for face in batch.faces]
            points += [face.landmarks for face in batch.faces]
            for futures in masked[-1 - BATCHES_WAITING : -BATCHES_WAITING]:
                wait(futures)
    return Avatar(
        np.concatenate(latents),
        np.stack([future.result() for futures in masked for future in futures]),
        np.stack(affine),
        np.array(drawn),
        kept_shut(track),
        boxes.shift_range(np.stack(points)[np.array(drawn)]),
    )


def kept_shut(track: Track) -> np.ndarray:
    """Where the source's mouth is shut and stays so, [T] bool; False where there is no face."""
    finite = np.isfinite(track.points).all((1, 2))
    gap = np.full(track.frames, np.inf)
    if finite.any():
        gap[finite] = measures(track.points[finite])[:, GAP]
    return shut(gap, SHUT_GAP, STILL_GAP)


def _viewed(
    located: Iterable[Face], chosen: MusetalkSettings, pool: ThreadPoolExecutor
) -> Iterator[tuple[Face, Future[View]]]:
    """Faces, bare of their pictures, and what will be seen of them; few pictures are held."""
    under_way: deque[Future[View]] = deque()
    for face in located:
        seen = pool.submit(view, face, chosen.parsing == "bisenet")
        under_way.append(seen)
        if len(under_way) > PICTURES_A_THREAD * chosen.threads:
            under_way.popleft().result()
        yield replace(face, picture=np.zeros((0, 0, 3), np.uint8)), seen


def _one_behind(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Each batch once the next one is under way, so that nobody waits for what could be begun."""
    waiting: list[Batch] = []
    for batch in batches:
        yield from waiting
        waiting = [batch]
    yield from waiting


def _launch(
    viewed: list[tuple[Face, Future[View]]], chosen: MusetalkSettings, painter: Generator
) -> Launched:
    views = [future.result() for _, future in viewed]
    latents = painter.encode_all(np.stack([view.crop for view in views]))
    labels = np.stack([view.surroundings for view in views])
    if chosen.parsing == "bisenet":
        labels = painter.parse_all(labels).numpy()
    return Launched([face for face, _ in viewed], latents, labels, painter.finish())


def locate(
    pictures: Iterable[np.ndarray], track: Track, chosen: MusetalkSettings, painter: Generator
) -> Iterator[Face]:
    """The face in each picture, its box in whole pixels as upstream finds it."""
    detected = landmarks.bounds(track.points)
    counted = _counted(pictures, track.frames)
    located: Iterable[tuple[np.ndarray, np.ndarray]]
    if chosen.landmarks == "mesh":
        located = zip(counted, landmarks.from_mesh(track.points), strict=True)
    else:
        located = painter.networks.dwpose.locate(counted, detected)
    for (picture, found), box in zip(located, detected, strict=True):
        yield Face(picture, found, _box(picture, found, box, chosen))


def _counted(pictures: Iterable[np.ndarray], frames: int) -> Iterator[np.ndarray]:
    count = 0
    for count, picture in enumerate(pictures, start=1):
        if count > frames:
            break
        yield picture
    if count != frames:
        raise Fault(f"the cut has {count} pictures or more, its face track {frames} frames")


def _box(
    picture: np.ndarray, points: np.ndarray, detected: np.ndarray, chosen: MusetalkSettings
) -> np.ndarray:
    """The box [4] of one face, with its margin; zeros where the track has no face."""
    height, width = picture.shape[:2]
    if not (np.isfinite(points).all() and np.isfinite(detected).all()):
        return np.array(boxes.NO_FACE)
    newer = chosen.version == "1.5"
    shift = 0 if newer and not chosen.shift_1_5 else chosen.bbox_shift_px
    limits = np.array([width, height, width, height])
    box = np.array(boxes.face_box(points, np.clip(detected, 0, limits), shift))
    return boxes.extend(box[None], chosen.extra_margin_px if newer else 0, height)[0]


def steadied(faces: Iterable[Face], deviation_frames: float) -> Iterator[Face]:
    """The faces with their boxes smoothed over time: `boxes.smooth`, over a few frames' delay."""
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


def view(face: Face, parsed: bool) -> View:
    """What the networks see of a face; `parsed`: whether a network finds its skin."""
    return View(crop(face), _surroundings(face) if parsed else _draw_labels(face))


def crop(face: Face) -> np.ndarray:
    """The face's crop [256, 256, 3] uint8, by Lanczos; the aspect is not kept."""
    height, width = face.picture.shape[:2]
    size = (SIDE_PX, SIDE_PX)
    x1, y1, x2, y2 = face.box
    if not face.is_drawn:
        return np.zeros((*size, 3), np.uint8)
    inside = min(x1, y1) >= 0 and x2 <= width and y2 <= height
    if inside and (face.box == np.rint(face.box)).all():
        part = face.picture[int(y1) : int(y2), int(x1) : int(x2)]
        return cv2.resize(part, size, interpolation=cv2.INTER_LANCZOS4)
    return cv2.warpAffine(
        face.picture,
        face.affine,
        size,
        flags=cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def mask(face: Face, labels: np.ndarray, chosen: MusetalkSettings) -> np.ndarray:
    """The face's mask on its patch, [256, 256] uint8, of its surroundings' classes [512, 512]."""
    if not face.is_drawn:
        return np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    mode = chosen.parsing_mode if chosen.version == "1.5" else "raw"
    cheeks = chosen.left_cheek_width_px, chosen.right_cheek_width_px
    box = np.rint(face.box)
    square = masks.surroundings(box)
    blurred = masks.blurred(masks.region(labels, mode, *cheeks), box, square, chosen.mask_blur)
    return masks.on_patch(blurred, square, face.affine, SIDE_PX)


def _surroundings(face: Face) -> np.ndarray:
    if not face.is_drawn:
        return np.zeros((masks.SIDE_PX, masks.SIDE_PX, 3), np.uint8)
    return masks.cut_out(face.picture, masks.surroundings(np.rint(face.box)))


def _draw_labels(face: Face) -> np.ndarray:
    if not face.is_drawn:
        return np.zeros((masks.SIDE_PX, masks.SIDE_PX), np.uint8)
    return masks.draw(face.landmarks, masks.surroundings(np.rint(face.box)))
