"""The preview, drawn while the sound arrives: see `engines.live`.

Each block is heard as a cut of its window would be, and the block's own frames are taken of it.
What a cut finds in all of its sound is kept here from block to block: how far the voice opens the
mouth, whether a voice was heard, and how near to rest the last frame was. Rest and the source's own
picture come no faster than they would in a cut, whose silences are known beforehand.
"""

from collections import deque
from fractions import Fraction
from typing import ClassVar

import numpy as np

from ...audio.silence import EASE_FRAMES, opacity
from ...audio.voice_activity import voiceless
from ...core.held import HeldPictures
from ...patches.lossless import GROUP
from ...patches.patch import Patch
from ..live import Block, eased_from
from .motion import LipMotion, Motion
from .own_range import in_own_range
from .painter import Painter
from .rest import CLOSING_FRAMES, eased, idle, settled, source_opening
from .settings import PreviewSettings

VOICELESS_S = 0.3
"""Seconds without a voice from which music and noise are no speech."""

REMEMBERED_FRAMES = 750
"""Spoken frames, 30 s at 25 fps, by which it is judged how far the voice opens the mouth."""

CROPS_BYTES = 256 << 20
"""Memory that an avatar's crops may take; of larger ones, some are read again."""


class PreviewPerformer:
    """See `Performer`. Each frame is drawn by itself: hearing is a third of its cost."""

    block_s: ClassVar[float] = 0.04
    ahead_s: ClassVar[float] = 0.16
    """With .16 s the opening follows that of the whole sound by r = .98; with .12, .97
    (`docs/live.md`)."""

    def __init__(self, painter: Painter, motion: LipMotion, settings: PreviewSettings) -> None:
        """Make an avatar ready.

        Args:
            painter: Draws it.
            motion: What turns sound into mouth shapes.
            settings: The engine's settings, resolved.
        """
        self.painter, self.motion, self.settings = painter, motion, settings
        person = painter.person
        self.source_opening = source_opening(person)
        self.crops = HeldPictures(person.crops.read, person.frames, GROUP, CROPS_BYTES)
        self._black = np.zeros((person.size_px, person.size_px, 3), np.uint8)

    @property
    def frames(self) -> int:
        """See `Performer`."""
        return self.painter.person.frames

    def get_ready(self, rate: Fraction) -> None:
        """See `Performer.get_ready`: reads the crops."""
        self.crops.hold()

    def begin(self) -> "PreviewPerformance":
        """See `Performer.begin`."""
        return PreviewPerformance(self)

    def close(self) -> None:
        """See `Performer.close`: nothing works in the background."""

    def hear(self, block: Block) -> Motion:
        """Find what the mouth does over a block's window.

        Args:
            block: The block.

        Returns:
            The motion. In silence it is known without listening.
        """
        if block.samples.any():
            phones = self.settings.hears_phones
            return self.motion(block.speech, block.window, phones, block.own.start)
        rest = np.zeros((block.window.frames, 4), np.float32)
        rest[:, 1] = 1
        return Motion(rest, np.ones(block.window.frames, bool))

    def hidden(self, frame: int) -> Patch:
        """Make the patch of a frame whose picture is kept.

        Args:
            frame: The avatar's frame.

        Returns:
            A patch with an alpha of 0.
        """
        affine = self.painter.person.affine[frame]
        return Patch(self._black, self.painter.canvas.mask, affine, 0.0)


class PreviewPerformance:
    """See `Performance`."""

    def __init__(self, performer: PreviewPerformer) -> None:
        """Begin.

        Args:
            performer: The avatar.
        """
        self._performer = performer
        self._spoken: deque[np.ndarray] = deque(maxlen=REMEMBERED_FRAMES)
        self._voiced = False
        self._alpha = self._moved = 0.0

    def draw(self, block: Block) -> list[Patch]:
        """See `Performance.draw`."""
        controls, alpha = self._controls(block)
        return self._patches(controls, alpha, block.shown[block.own])

    def _controls(self, block: Block) -> tuple[np.ndarray, np.ndarray]:
        """What the mouth does in the block's own frames, [N, 4], and the patches' weights, [N]."""
        performer, window, own = self._performer, block.window, block.own
        motion = performer.hear(block)
        silent = motion.silent | self._voiceless(block)
        controls = motion.controls.astype(np.float64)
        self._spoken.extend(controls[own][~silent[own]])
        heard = np.array(self._spoken).reshape(-1, controls.shape[1])
        controls = in_own_range(controls, heard, performer.painter.person.to_draw)
        moved = eased(silent, window)
        moved[own] = eased_from(self._moved, moved[own], CLOSING_FRAMES)
        controls = settled(controls, moved, performer.settings.strength)
        open_by = performer.source_opening[list(block.shown)]
        alpha = opacity(idle(controls[:, 0], silent, open_by), window)[own]
        alpha = eased_from(self._alpha, alpha, EASE_FRAMES)
        self._moved, self._alpha = float(moved[own][-1]), float(alpha[-1])
        return controls[own], alpha

    def _voiceless(self, block: Block) -> np.ndarray:
        """The window's frames in pauses between voices; none before a voice was heard at all."""
        if not block.samples.any():
            return np.ones(block.window.frames, bool)
        pause = voiceless(block.speech, block.window, VOICELESS_S, sung=False)
        self._voiced |= not pause.all()
        return pause if self._voiced else np.zeros_like(pause)

    def _patches(
        self, controls: np.ndarray, alpha: np.ndarray, shown: tuple[int, ...]
    ) -> list[Patch]:
        performer, painter = self._performer, self._performer.painter
        targets = painter.targets(controls, shown)
        return [
            painter.patch(frame, performer.crops[frame], target, float(row[0]), float(weight))
            if weight > 0
            else performer.hidden(frame)
            for frame, target, row, weight in zip(shown, targets, controls, alpha, strict=True)
        ]
