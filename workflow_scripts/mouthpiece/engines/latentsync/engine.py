"""LatentSync as a draft engine."""

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from ...audio.speech import SAMPLE_RATE, Speech
from ...core.batches import halved
from ...core.overlap import prefetched
from ...core.timeline import Clock
from ...faces.track import Track
from ...media.region import Region
from ...networks.runtime import chosen_device
from ...patches.patch import Extent, Patch, mask_extent
from ..avatar_file import check_frames
from ..network_engine import NetworkEngine
from ..shut_mouth import weights
from . import mask, sound
from .avatar import Avatar, load_places
from .bake import bake, looked_at
from .generate import Generator
from .model_cache import ModelCache
from .settings import LatentSyncSettings


class LatentSyncEngine(NetworkEngine[LatentSyncSettings, Generator]):
    """See `Engine`. `loaded`: networks, and the batch sizes that were found."""

    cache = ModelCache

    @property
    def window_frames(self) -> int:
        """See `Engine`: a chunk."""
        return self.generator.chunk_frames

    @property
    def overlap_frames(self) -> int:
        """See `Engine`."""
        return self._settings.overlap_frames

    @property
    def patch_px(self) -> int:
        """See `Engine`."""
        return self.generator.side_px

    def warm_up(self) -> None:
        """See `Engine.warm_up`: networks are read, and a chunk of black faces is drawn."""
        if chosen_device(self._settings.device, "engines.latentsync.device") != "cuda":
            return
        generator, frames = self.generator, self.window_frames
        known = generator.encode(np.zeros((frames, self.patch_px, self.patch_px, 3), np.uint8))
        clock = Clock(Fraction(25), 0, frames)
        silent = np.zeros(clock.samples(SAMPLE_RATE)[1], np.float32)
        deque(self._faces(known, Speech(silent, 0), clock, np.ones(frames, bool)), maxlen=0)

    def region(self, track: Track, height: int, width: int) -> Region | None:
        """See `Engine.region`."""
        smoothing = self._settings.smoothing_frames
        return looked_at(track, self.generator.side_px, smoothing, height, width)

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """See `Engine.prepare`."""
        bake(pictures, track, self._settings.smoothing_frames, self.generator, avatar)

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> Iterator[Patch]:
        """See `Engine.render`."""
        person = Avatar.load(avatar)
        check_frames(avatar, person.frames, clock)
        return self.draw(person.at(clock.frame_order), speech, clock)

    def draw(self, person: Avatar, speech: Speech, clock: Clock) -> Iterator[Patch]:
        """Draw an avatar in memory to fit some speech.

        Args:
            person: The avatar of exactly the clock's frames, in their order.
            speech: The cut's speech.
            clock: The cut's frames.

        Yields:
            `clock.frames` patches; black where there is no face to draw.
        """
        alpha = weights(self._settings.keep_silence, person.shut, speech, clock) * person.drawn
        black = np.zeros((person.side_px, person.side_px, 3), np.uint8)
        taken = self._mask(person.side_px)
        drawing = self._faces(person.latents, speech, clock, person.drawn)
        with prefetched(drawing, 1) as batches:  # the GPU goes on while patches are written
            faces = chain.from_iterable(batches)
            for is_drawn, affine, weight in zip(person.drawn, person.affine, alpha, strict=True):
                yield Patch(next(faces) if is_drawn else black, taken, affine, float(weight))

    def extent(self, avatar: Path, clock: Clock) -> Extent | None:
        """See `Engine.extent`: the mask is the same in every frame."""
        _, drawn, side_px = load_places(avatar)
        return mask_extent(self._mask(side_px)) if drawn[list(clock.frame_order)].any() else None

    def facts(self, avatar: Path) -> dict[str, Any]:
        """See `Engine.facts`: how many pixels of the picture the side of a face takes."""
        affine, drawn, side_px = load_places(avatar)
        if not drawn.any():
            return {}
        scale = np.sqrt(np.abs(np.linalg.det(affine[drawn][:, :, :2])))
        found = {"face_side_px": round(float(np.median(scale)) * side_px)}
        sizes = self.generator.sizes
        return found | halved(unet_chunks=sizes.unet, vae_batch_frames=sizes.vae)

    def _faces(
        self, known: np.ndarray, speech: Speech, clock: Clock, drawn: np.ndarray
    ) -> Iterator[np.ndarray]:
        """Drawn faces in batches, RGB, [N, S, S, 3] uint8, of those frames that are drawn."""
        generator = self.generator
        rows = generator.hear(speech.samples)
        around = generator.networks.config.data.audio_feat_length
        windows = sound.windows(len(rows), speech.start, clock.frames, clock.rate, around)
        return generator.draw(known[drawn], rows, windows[drawn])

    def _mask(self, side_px: int) -> np.ndarray:
        return mask.softened(mask.resized(mask.draw(), side_px), self._settings.mask_feather)
