"""MuseTalk as a draft engine."""

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from ...audio.speech import SAMPLE_RATE, Speech
from ...core.batches import halved
from ...core.timeline import Clock
from ...faces.track import Track
from ...media.region import Region
from ...patches.patch import Extent, Patch, bounds_extent
from ..avatar_file import check_frames
from ..live import performed
from ..network_engine import NetworkEngine
from ..shut_mouth import weights
from . import audio, parsing
from .avatar import Avatar, load_mask_bounds, load_masks, load_shift_range
from .bake import bake
from .faces import looked_at
from .generate import SIDE_PX, Generator
from .model_cache import ModelCache
from .networks import Runtime
from .performance import MusetalkPerformer
from .settings import MusetalkSettings


class MusetalkEngine(NetworkEngine[MusetalkSettings, Generator]):
    """See `Engine`. `loaded`: networks, compiled code, the batch sizes that were found."""

    overlap_frames = 0
    patch_px = SIDE_PX
    cache = ModelCache
    loaded: ModelCache

    @property
    def window_frames(self) -> int:
        """See `Engine`: a batch."""
        return self._settings.batch_frames

    def warm_up(self) -> None:
        """See `Engine.warm_up`: networks are read, kernels built, and full batches recorded."""
        if Runtime.of(self._settings).device == "cuda":
            self._draw_nothing()

    def region(self, track: Track, height: int, width: int) -> Region | None:
        """See `Engine.region`: all where DWPose looks for the face."""
        return (
            None
            if self._settings.landmarks == "dwpose"
            else looked_at(track, self._settings, height, width)
        )

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """See `Engine.prepare`."""
        bake(pictures, track, self._settings, self.generator, avatar)

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> Iterator[Patch]:
        """See `Engine.render`."""
        person = Avatar.load(avatar)
        check_frames(avatar, person.frames, clock)
        if self._settings.live:
            return performed(self.performer(avatar), speech, clock)
        order = clock.frame_order
        return self.draw(person.at(order), load_masks(avatar).read(order), speech, clock)

    def performer(self, avatar: Path) -> MusetalkPerformer:
        """See `LiveEngine.performer`."""
        return MusetalkPerformer(avatar, self.loaded.shared(self._settings), self._settings)

    def draw(
        self, person: Avatar, masks: Iterator[np.ndarray], speech: Speech, clock: Clock
    ) -> Iterator[Patch]:
        """Draw an avatar in memory to fit some speech. The first batch is begun at once.

        Args:
            person: The avatar of exactly the clock's frames, in their order.
            masks: Their masks, [256, 256] uint8.
            speech: The cut's speech.
            clock: The cut's frames.

        Returns:
            `clock.frames` patches.
        """
        drawn = person.drawn
        rows, windows = self._hear(speech, clock)
        batches = self.generator.draw_faces(person.latents[drawn], rows, windows[drawn])
        alpha = drawn * weights(self._settings.keep_silence, person.shut, speech, clock)
        return _patches(person, chain.from_iterable(batches), masks, alpha)

    def _draw_nothing(self) -> None:
        """Bake and draw one batch of black pictures in silence."""
        generator, frames = self.generator, self._settings.batch_frames
        latents = generator.encode_crops(np.zeros((frames, SIDE_PX, SIDE_PX, 3), np.uint8))
        if self._settings.parsing == "bisenet":
            side = parsing.SIDE_PX
            generator.parse_pictures(np.zeros((frames, side, side, 3), np.uint8))
        generator.when_done()()
        clock = Clock(Fraction(25), 0, frames)
        silent = np.zeros(clock.samples(SAMPLE_RATE)[1], np.float32)
        rows, windows = self._hear(Speech(silent, 0), clock)
        deque(generator.draw_faces(latents.numpy(), rows, windows), maxlen=0)

    def extent(self, avatar: Path, clock: Clock) -> Extent | None:
        """See `Engine.extent`."""
        bounds = load_mask_bounds(avatar)[list(clock.frame_order)]
        return bounds_extent(bounds, SIDE_PX, SIDE_PX)

    def facts(self, avatar: Path) -> dict[str, Any]:
        """See `Engine.facts`: the range of `bbox_shift_px` that suits the cut."""
        found = {"bbox_shift_range_px": list(load_shift_range(avatar))}
        return found | halved(batch_frames=self.generator.draw_batches)

    def _hear(self, speech: Speech, clock: Clock) -> tuple[Tensor, np.ndarray]:
        """The rows of sound, and which of them each frame hears."""
        networks, chosen = self.generator.networks, self._settings
        padding = chosen.audio_padding_left_frames, chosen.audio_padding_right_frames
        samples, start = speech.samples, speech.start
        if chosen.timing == "upstream":
            samples = speech.cut_samples(clock)
        rows = audio.hear(samples, networks.encoder)
        if chosen.timing == "upstream":
            return rows, audio.upstream_windows(len(rows), clock.frames, clock.rate, *padding)
        return rows, audio.exact_windows(len(rows), start, clock.frames, clock.rate, *padding)


def _patches(
    person: Avatar, faces: Iterator[np.ndarray], masks: Iterator[np.ndarray], alpha: np.ndarray
) -> Iterator[Patch]:
    """The patches of drawn faces; black where there is no face to draw."""
    black = np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8)
    for drawn, mask, affine, weight in zip(person.drawn, masks, person.affine, alpha, strict=True):
        yield Patch(next(faces) if drawn else black, mask, affine, float(weight))
