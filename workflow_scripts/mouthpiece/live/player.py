"""Sound in, moments out, block by block. It has no clock: whoever asks for a block gets one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..audio.speech import SAMPLE_RATE
from ..core.timeline import sample_of
from ..engines.live import Hearing, Performance, block_at
from ..patches.patch import Patch
from .moments import Format, Moment
from .sound import Samples
from .source import Source
from .turn import Turn

FADE_S = 0.01
"""Seconds over which sound fades that is interrupted: without, it would click."""


class Player:
    """A person who is seen from the first frame on, and speaks where there is sound.

    A block is taken, drawn, and composed. Each step takes the blocks in order, and may have a
    thread of its own.

    Attributes:
        format: What the moments have in common.
        hearing: What of the sound each block hears.
        next_index: The frame that is drawn next.
    """

    def __init__(
        self,
        performance: Performance,
        source: Source,
        form: Format,
        hearing: Hearing,
    ) -> None:
        """Begin, in silence.

        Args:
            performance: Draws the mouth.
            source: The pictures.
            form: What the moments have in common.
            hearing: What of the sound each block hears.
        """
        self.format, self.hearing = form, hearing
        self.next_index = 0
        self._performance, self._source = performance, source
        self._before = np.zeros(self._samples(-self._kept_frames, SAMPLE_RATE), np.float32)

    def has_all(self, turn: Turn) -> bool:
        """Tell whether all is there that the next block of a turn hears.

        Args:
            turn: The turn.

        Returns:
            Whether later sound cannot change the block.
        """
        frames = self._own_frames(turn) + self.hearing.ahead_frames
        return turn.ended or len(turn.heard) >= self._samples(frames, SAMPLE_RATE)

    def has_block(self, turn: Turn) -> bool:
        """Tell whether the sound of the next block's own frames is there.

        Args:
            turn: The turn.

        Returns:
            Whether it is.
        """
        own = self._own_frames(turn)
        rates = ((turn.heard, SAMPLE_RATE), (turn.emitted, self.format.sound_rate_hz))
        return all(len(fifo) >= self._samples(own, rate) for fifo, rate in rates)

    def is_over(self, turn: Turn) -> bool:
        """Tell whether a turn has no frame left.

        Args:
            turn: The turn.

        Returns:
            Whether it ended and all of its sound is taken.
        """
        return turn.ended and not len(turn.heard) and not len(turn.emitted)

    def take(self, turn: Turn | None, own_frames: int | None = None) -> "Taken":
        """Take the sound of the next block, to be drawn before further sound is taken.

        Args:
            turn: Whose sound; what is missing of it is silence. None: nobody speaks.
            own_frames: How many frames are drawn, where nobody speaks; None: a block.

        Returns:
            The sound.
        """
        own = self._own_frames(turn) if own_frames is None else own_frames
        turn = turn or Turn()
        turn.begun = True
        first = self.next_index
        spans = [self.format.samples(index) for index in range(first, first + own)]
        # Asked before each is taken, so that the frame that has the turn's last sample is spoken.
        emitted = tuple(
            (len(turn.emitted) > 0, turn.emitted.take(end - begin)) for begin, end in spans
        )
        now = turn.heard.take(self._samples(own, SAMPLE_RATE))
        ahead = self._samples(own + self.hearing.ahead_frames, SAMPLE_RATE) - len(now)
        heard = np.concatenate([self._before, now, turn.heard.peek(ahead)])
        begin, end = self.hearing.window(self.format.fps, first, own).samples(SAMPLE_RATE)
        taken = Taken(first, heard[len(heard) - (end - begin) :], emitted)
        self.next_index += own
        kept = np.concatenate([self._before, now])
        self._before = kept[len(kept) - self._samples(-self._kept_frames, SAMPLE_RATE) :]
        return taken

    def draw(self, taken: "Taken") -> "Drawn":
        """Draw a block.

        Args:
            taken: What `take` gave.

        Returns:
            What was drawn.

        Raises:
            Fault: Drawing failed.
        """
        order = range(self._source.frames)
        own = len(taken.emitted)
        block = block_at(self.hearing, self.format.fps, taken.first_index, own, order, taken.heard)
        return Drawn(taken, block.shown[block.own], tuple(self._performance.draw(block)))

    def compose(self, drawn: "Drawn") -> list[Moment]:
        """Lay what was drawn into the pictures.

        Args:
            drawn: What `draw` gave.

        Returns:
            The block's moments.

        Raises:
            Fault: A picture cannot be read.
        """
        taken = drawn.taken
        frames = zip(drawn.shown, drawn.patches, taken.emitted, strict=True)
        return [
            Moment(index, self._source.with_patch(frame, patch), sound, is_spoken)
            for index, (frame, patch, (is_spoken, sound)) in enumerate(frames, taken.first_index)
        ]

    def _own_frames(self, turn: Turn | None) -> int:
        return self.hearing.own_frames(is_first=turn is not None and not turn.begun)

    @property
    def _kept_frames(self) -> int:
        """Frames before the next one of which the sound is kept: what a block of one hears."""
        return self.hearing.before_frames + self.hearing.block_frames - 1

    def _samples(self, frames: int, rate_hz: int) -> int:
        """How many samples the next frames have, or where negative, the last ones."""
        ends = (self.next_index, self.next_index + frames)
        first, end = sorted(sample_of(index, self.format.fps, rate_hz) for index in ends)
        return end - first


@dataclass(frozen=True)
class Taken:
    """The sound of a block.

    Attributes:
        first_index: The block's first frame.
        heard: The sound of its window, 16 kHz.
        emitted: Of each of its frames: whether it is spoken, and its sound.
    """

    first_index: int
    heard: Samples
    emitted: tuple[tuple[bool, Samples], ...]


@dataclass(frozen=True)
class Drawn:
    """What was drawn of a block.

    Attributes:
        taken: Its sound.
        shown: The source's frame that each of its own frames shows.
        patches: What is laid into them.
    """

    taken: Taken
    shown: tuple[int, ...]
    patches: tuple[Patch, ...]


def cut_short(moments: Sequence[Moment], rate_hz: int, fades: bool) -> list[Moment]:
    """Silence moments that are drawn already; their pictures stay, so that no mouth leaps.

    Args:
        moments: Moments that follow each other.
        rate_hz: The sound's samples/s.
        fades: Whether the first one's sound fades; else it is silent.

    Returns:
        The same, without sound but for a fade at the beginning.
    """
    silenced = []
    fade = np.linspace(1, 0, round(FADE_S * rate_hz), dtype=np.float32)
    for number, moment in enumerate(moments):
        sound = np.zeros_like(moment.sound)
        if fades and number == 0:
            shared = min(len(fade), len(sound))
            sound[:shared] = moment.sound[:shared] * fade[:shared]
        silenced.append(replace(moment, sound=sound, speaking=False))
    return silenced
