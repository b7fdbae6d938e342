"""Baking: a cut's pictures and face track to its avatar, in bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ...core.chunks import chunks
from ...core.files import temporary_folder
from ...core.overlap import prefetched
from ...faces.track import Track
from ...patches.lossless import LosslessWriter
from ...patches.patch import mask_bounds
from ..shut_mouth import kept_shut
from . import boxes, masks
from .ahead import one_ahead
from .avatar import Avatar
from .crops import Staged, sample, stage
from .faces import Face, View, draw_masks, locate, steadied, view
from .generate import SIDE_PX, Generator
from .resample import moved, triangle
from .settings import MusetalkSettings

PICTURES_A_THREAD = 2
"""How many pictures may wait to be cut out, or be at it, for each thread."""


@dataclass(frozen=True)
class BakedBatch:
    """Frames that follow each other, baked.

    Attributes:
        faces: Where their faces are, without pictures.
        latents: [N, 8, 32, 32] float16.
        masks: [N, 256, 256] uint8.
    """

    faces: list[Face]
    latents: np.ndarray
    masks: np.ndarray


@dataclass(frozen=True)
class _Staged:
    """A batch of faces ready for the GPU; it has `squares`, or `labels` that were drawn."""

    faces: list[Face]
    parts: Staged
    squares: Staged | None
    labels: np.ndarray | None


@dataclass(frozen=True)
class _Launched:
    """A batch of faces given to the GPU; `latents` and `masks` are there once `wait` returns."""

    faces: list[Face]
    latents: torch.Tensor
    masks: torch.Tensor
    wait: Callable[[], None]


def bake(
    pictures: Iterable[np.ndarray],
    track: Track,
    settings: MusetalkSettings,
    generator: Generator,
    path: Path,
) -> None:
    """Bake a cut's avatar.

    Args:
        pictures: The cut's T frames, RGB, [H, W, 3] uint8.
        track: The face in the same frames.
        settings: The engine's settings.
        generator: The networks.
        path: The avatar file to write.

    Raises:
        Fault: There are not as many pictures as the track has frames.
    """
    latents, affine, drawn, points, bounds = [], [], [], [], []
    with temporary_folder(path) as folder:
        with LosslessWriter(folder / "masks.mov", "gray") as file:
            for batch in bake_batches(pictures, track, settings, generator):
                latents.append(batch.latents)
                for face, one in zip(batch.faces, batch.masks, strict=True):
                    file.write(one)
                    bounds.append(mask_bounds(one))
                    affine.append(face.affine)
                    drawn.append(face.is_drawn)
                    points.append(face.landmarks)
        avatar = Avatar(
            latents=np.concatenate(latents),
            affine=np.stack(affine),
            drawn=np.array(drawn),
            shut=kept_shut(track),
            mask_bounds=np.stack(bounds),
            shift_range_px=boxes.shift_range(np.stack(points)[np.array(drawn)]),
        )
        avatar.save(path, folder / "masks.mov")


def bake_batches(
    pictures: Iterable[np.ndarray], track: Track, settings: MusetalkSettings, generator: Generator
) -> Iterator[BakedBatch]:
    """Bake a cut's frames, batch by batch.

    Args:
        pictures: The cut's T frames, RGB, [H, W, 3] uint8.
        track: The face in the same frames.
        settings: The engine's settings.
        generator: The networks.

    Yields:
        Batches, T frames in all.

    Raises:
        Fault: There are not as many pictures as the track has frames.
    """
    dwpose = generator.networks.dwpose if settings.landmarks == "dwpose" else None
    located = locate(pictures, track, settings, dwpose)
    faces = steadied(located, settings.box_smoothing_frames)
    device = generator.runtime.device
    with ThreadPoolExecutor(settings.threads) as pool:
        viewed = chunks(_viewed(faces, settings, pool), generator.encode_batches.frames)
        with prefetched((_staged(views, device) for views in viewed), 1) as staged:
            launched = (_launch(batch, settings, generator) for batch in staged)
            for done in one_ahead(launched):
                done.wait()
                yield BakedBatch(done.faces, done.latents.numpy(), done.masks.numpy())


def _viewed(
    faces: Iterable[Face], settings: MusetalkSettings, pool: ThreadPoolExecutor
) -> Iterator[tuple[Face, Future[View]]]:
    """Faces without their pictures, and what will be seen of them; few pictures are held."""
    under_way: deque[Future[View]] = deque()
    for face in faces:
        seen = pool.submit(view, face, settings.parsing == "bisenet")
        under_way.append(seen)
        if len(under_way) > PICTURES_A_THREAD * settings.threads:
            under_way.popleft().result()
        yield replace(face, picture=np.zeros((0, 0, 3), np.uint8)), seen


def _staged(viewed: list[tuple[Face, Future[View]]], device: str) -> _Staged:
    faces, views = [face for face, _ in viewed], [future.result() for _, future in viewed]
    squares = [view.surroundings for view in views if view.surroundings is not None]
    labels = [view.labels for view in views if view.labels is not None]
    return _Staged(
        faces,
        stage([view.part for view in views], device),
        stage(squares, device) if squares else None,
        np.stack(labels) if labels else None,
    )


def _launch(batch: _Staged, settings: MusetalkSettings, generator: Generator) -> _Launched:
    device = generator.runtime.device
    latents = generator.encode_crops(sample(batch.parts, SIDE_PX, device))
    if batch.labels is not None:
        labels = moved(batch.labels, device)
    else:
        assert batch.squares is not None
        seen = sample(batch.squares, masks.SIDE_PX, device, triangle, antialias=True)
        labels = generator.parse_pictures(seen)
    made = generator.received(draw_masks(batch.faces, labels, settings))
    return _Launched(batch.faces, latents, made, generator.when_done())
