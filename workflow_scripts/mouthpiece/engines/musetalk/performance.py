"""MuseTalk, drawn while the sound arrives: see `engines.live`."""

from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import numpy as np

from ...audio.silence import EASE_FRAMES
from ...audio.speech import SAMPLE_RATE
from ...core.errors import InputError
from ...core.held import HeldPictures
from ...core.timeline import sample_of
from ...networks.whisper import ROWS_PER_S
from ...patches.lossless import GROUP
from ...patches.patch import Patch
from ..live import Block, Hearing, eased_from
from ..shut_mouth import weights
from .audio import exact_windows
from .avatar import Avatar, load_masks
from .generate import SIDE_PX
from .settings import MusetalkSettings
from .shared import SharedGenerator

MASKS_BYTES = 64 << 20
"""Memory that an avatar's masks may take: 1,000 of them; others are read again."""

TRAINED_FPS = 25
"""The rate of the frames in which the settings count what a face hears."""

BLACK = np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8)


class MusetalkPerformer:
    """See `Performer`."""

    block_s: ClassVar[float] = 0.08

    def __init__(self, avatar: Path, shared: SharedGenerator, settings: MusetalkSettings) -> None:
        """Make an avatar ready.

        Args:
            avatar: The avatar's file.
            shared: The networks.
            settings: The engine's settings.

        Raises:
            InputError: The settings ask for upstream's timing, which knows its whole cut.
            Fault: The file is broken.
        """
        if settings.timing == "upstream":
            raise InputError("engines.musetalk.timing: upstream's is for cuts; leave it exact")
        self.person, self.shared, self.settings = Avatar.load(avatar), shared, settings
        masks = load_masks(avatar)
        self.masks = HeldPictures(masks.read, masks.frames, GROUP, MASKS_BYTES)

    @property
    def frames(self) -> int:
        """See `Performer`."""
        return self.person.frames

    @property
    def ahead_s(self) -> float:
        """A frame further than the last frame's tokens reach. What is later changes them only
        through Whisper's attention (`docs/live.md`).
        """
        return (self.settings.audio_padding_right_frames + 1) / TRAINED_FPS

    def get_ready(self, rate: Fraction) -> None:
        """See `Performer.get_ready`: reads masks, and a GPU records its runs."""
        self.masks.hold()
        hearing = Hearing.at(rate, self.block_s, self.ahead_s)
        window = hearing.window(rate, hearing.before_frames, hearing.block_frames)
        padding = self.settings.audio_padding_left_frames, self.settings.audio_padding_right_frames
        self.shared.prepare(
            window.samples(SAMPLE_RATE)[1], hearing.block_frames, 2 * (sum(padding) + 1)
        )

    def begin(self) -> "MusetalkPerformance":
        """See `Performer.begin`."""
        return MusetalkPerformance(self)

    def close(self) -> None:
        """See `Performer.close`: nothing works in the background."""


class MusetalkPerformance:
    """See `Performance`."""

    def __init__(self, performer: MusetalkPerformer) -> None:
        """Begin.

        Args:
            performer: The avatar.
        """
        self._performer = performer
        self._alpha = 0.0

    def draw(self, block: Block) -> list[Patch]:
        """See `Performance.draw`."""
        person, settings = self._performer.person, self._performer.settings
        shown = np.array(block.shown)
        kept = weights(settings.keep_silence, person.shut[shown], block.speech, block.window)
        alpha = eased_from(self._alpha, kept[block.own], EASE_FRAMES)
        self._alpha = float(alpha[-1])
        own = shown[block.own]
        faces = self._faces(block, own, (alpha > 0) & person.drawn[own])
        return [
            Patch(
                faces.get(place, BLACK),
                self._performer.masks[frame],
                person.affine[frame],
                float(alpha[place]) if place in faces else 0.0,
            )
            for place, frame in enumerate(own.tolist())
        ]

    def _faces(self, block: Block, own: np.ndarray, wanted: np.ndarray) -> dict[int, np.ndarray]:
        """The faces of those of the block's own frames that are wanted, by place in the block."""
        if not wanted.any():
            return {}
        windows = self._windows(block, len(own))[wanted]
        latents = self._performer.person.latents[own[wanted]]
        faces = self._performer.shared.draw(block.samples, latents, windows)
        return dict(zip(np.flatnonzero(wanted).tolist(), faces, strict=True))

    def _windows(self, block: Block, frames: int) -> np.ndarray:
        """Which rows of the window's sound each of the block's own frames hears."""
        rate, settings = block.window.rate, self._performer.settings
        begin, first = (
            sample_of(block.window.first_frame + number, rate, SAMPLE_RATE)
            for number in (0, block.own.start)
        )
        rows = len(block.samples) * ROWS_PER_S // SAMPLE_RATE
        padding = settings.audio_padding_left_frames, settings.audio_padding_right_frames
        return exact_windows(rows, first - begin, frames, rate, *padding)
