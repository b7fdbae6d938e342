"""MuseTalk as a draft engine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from ...audio.silence import opacity, silence
from ...audio.speech import Speech
from ...core.timeline import Clock
from ...faces.track import Track
from ...patches.patch_set import PatchSet
from . import audio
from .avatar import Avatar, shift_range
from .bake import bake
from .generate import SIDE_PX, Generator
from .model_cache import ModelCache
from .settings import MusetalkSettings


class MusetalkEngine:
    """See `engines.Engine`. `loaded`: networks, compiled code, the batch sizes that were found."""

    def __init__(self, chosen: MusetalkSettings) -> None:
        """Make the engine; nothing is read before it is needed."""
        self._settings = chosen
        self.loaded = ModelCache()

    @property
    def painter(self) -> Generator:
        """The networks at work; who keeps it keeps them in memory."""
        return self.loaded.painter(self._settings)

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """See `engines.Engine.prepare`."""
        bake(pictures, track, self._settings, self.painter).save(avatar)

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> PatchSet:
        """See `engines.Engine.render`."""
        person = Avatar.load(avatar)
        if person.frames != clock.source.frames:
            raise ValueError(f"{avatar}: {person.frames} frames, wanted {clock.source.frames}")
        return self.draw(person, speech, clock)

    def draw(self, person: Avatar, speech: Speech, clock: Clock) -> PatchSet:
        """`render` of an avatar in memory."""
        if clock.frame_order != range(person.frames):
            person = person.at(clock.frame_order)
        drawn = person.drawn
        rows, windows = self._hear(speech, clock)
        painting = self.painter.begin(person.latents[drawn], rows, windows[drawn])
        alpha = drawn * self._opacity(person.shut, speech, clock)
        pixels = painting()
        if not drawn.all():
            painted, pixels = pixels, np.zeros((clock.frames, SIDE_PX, SIDE_PX, 3), np.uint8)
            pixels[drawn] = painted
        return PatchSet("musetalk", pixels, person.masks, person.affine, alpha)

    def _opacity(self, shut: np.ndarray, speech: Speech, clock: Clock) -> np.ndarray:
        if self._settings.keep_silence:
            return opacity(silence(speech, clock) & shut, clock)
        return np.ones(clock.frames, np.float32)

    def facts(self, avatar: Path) -> dict[str, Any]:
        """See `engines.Engine.facts`: the range of `bbox_shift_px` that suits the cut."""
        return {"bbox_shift_range_px": list(shift_range(avatar))}

    def _hear(self, speech: Speech, clock: Clock) -> tuple[Tensor, np.ndarray]:
        """The rows of sound, and which of them each frame hears."""
        networks, chosen = self.painter.networks, self._settings
        padding = chosen.audio_padding_left_frames, chosen.audio_padding_right_frames
        samples, start = speech.samples, speech.start
        if chosen.timing == "upstream":
            samples = speech.cut_samples(clock)
        rows = audio.hear(samples, networks.extractor, networks.encoder)
        if chosen.timing == "upstream":
            return rows, audio.upstream_windows(len(rows), clock.frames, clock.rate, *padding)
        return rows, audio.exact_windows(len(rows), start, clock.frames, clock.rate, *padding)
