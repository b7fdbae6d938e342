"""Wav2Lip as a draft engine."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from ...audio.clipped_mel import clipped_mel
from ...audio.speech import Speech
from ...core.batches import halved
from ...core.timeline import Clock
from ...faces.track import Track
from ...media.region import Region
from ...networks.runtime import chosen_device
from ...patches.patch import Extent, Patch, bounds_extent, mask_bounds
from ..avatar_file import check_frames
from ..network_engine import NetworkEngine
from ..shut_mouth import weights
from . import boxes, sound
from .avatar import Avatar
from .bake import bake, redrawn
from .generate import Generator
from .model_cache import ModelCache
from .network import BANDS, COLUMNS, SIDE_PX
from .settings import Wav2LipSettings


class Wav2LipEngine(NetworkEngine[Wav2LipSettings, Generator]):
    """See `Engine`. `loaded`: the network, and the batch size that was found."""

    overlap_frames = 0
    patch_px = SIDE_PX
    cache = ModelCache

    @property
    def window_frames(self) -> int:
        """See `Engine`: a batch."""
        return self._settings.batch_frames

    def warm_up(self) -> None:
        """See `Engine.warm_up`: the network is read, and draws a batch of black faces."""
        if chosen_device(self._settings.device, "engines.wav2lip.device") == "cuda":
            frames = self.window_frames
            faces = np.zeros((frames, SIDE_PX, SIDE_PX, 3), np.uint8)
            list(self.generator.draw(faces, np.zeros((frames, BANDS, COLUMNS), np.float32)))

    def region(self, track: Track, height: int, width: int) -> Region | None:
        """See `Engine.region`."""
        return boxes.looked_at(redrawn(track, self._settings, height, width))

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """See `Engine.prepare`."""
        bake(pictures, track, self._settings, avatar)

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
        heard = self._hear(speech, clock)
        drawn = person.drawn
        faces = chain.from_iterable(self.generator.draw(person.faces[drawn], heard[drawn]))
        alpha = weights(self._settings.keep_silence, person.shut, speech, clock) * drawn
        for frame, is_drawn in enumerate(drawn):
            face = next(faces) if is_drawn else person.faces[frame]
            yield Patch(face, person.masks[frame], person.affine[frame], float(alpha[frame]))

    def extent(self, avatar: Path, clock: Clock) -> Extent | None:
        """See `Engine.extent`."""
        masks = Avatar.load(avatar).masks[sorted(set(clock.frame_order))]
        return bounds_extent((mask_bounds(one) for one in masks), SIDE_PX, SIDE_PX)

    def facts(self, avatar: Path) -> dict[str, Any]:
        """See `Engine.facts`: how many rows of the picture a face's 96 rows are spread over."""
        person = Avatar.load(avatar)
        if not person.drawn.any():
            return {}
        scale = person.affine[person.drawn][:, 1, 1]
        found = {"face_height_px": round(float(np.median(scale)) * SIDE_PX)}
        return found | halved(batch_frames=self.generator.batches)

    def _hear(self, speech: Speech, clock: Clock) -> np.ndarray:
        """The sound of each frame, [T, 80, 16] float32."""
        mel = clipped_mel(speech.samples, beyond="mirror")
        firsts = sound.first_columns(mel.shape[1], speech.start, clock.frames, clock.rate)
        return sound.windows(mel, firsts)
