"""Drawing while the sound arrives: block by block, each from a stated part of the sound.

What a frame shows depends on the sound of its block's window alone, and on the blocks before it. So
sound that comes in pieces, however it is cut, gives the pictures of sound that is there at once.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np

from ..audio.speech import SAMPLE_RATE, Speech
from ..core.timeline import Clock, sample_of
from ..patches.patch import Patch

BEFORE_S = 1.0
"""Sound that is heard before a block."""


@dataclass(frozen=True)
class Hearing:
    """What of the sound each block hears, in frames.

    Attributes:
        before_frames: Frames before a whole block.
        block_frames: Frames that are drawn together, but for the first, which is drawn by itself,
            so that who begins to speak is seen sooner.
        ahead_frames: Frames after the block: the look-ahead.
    """

    before_frames: int
    block_frames: int
    ahead_frames: int

    @classmethod
    def at(cls, rate: Fraction, block_s: float, ahead_s: float) -> "Hearing":
        """Choose it for a frame rate.

        Args:
            rate: Frames/s.
            block_s: See `Performer`.
            ahead_s: See `Performer`.

        Returns:
            The frames that `BEFORE_S`, the block and the look-ahead make.
        """
        block = max(1, round(Fraction(str(block_s)) * rate))
        return cls(round(BEFORE_S * rate), block, math.ceil(Fraction(str(ahead_s)) * rate))

    def waits_s(self, rate: Fraction) -> float:
        """Tell how long sound waits for later sound, at most.

        Args:
            rate: Frames/s.

        Returns:
            Seconds: a block and its look-ahead.
        """
        return float((self.block_frames + self.ahead_frames) / rate)

    def own_frames(self, is_first: bool) -> int:
        """Tell how many frames a block has.

        Args:
            is_first: Whether nothing was said before it.

        Returns:
            Frames.
        """
        return 1 if is_first else self.block_frames

    def window(self, rate: Fraction, first_frame: int, own_frames: int) -> Clock:
        """Find what a block hears. A shorter block hears more of what was before it, so that all
        windows have one length.

        Args:
            rate: Frames/s.
            first_frame: The block's first frame.
            own_frames: How many it has.

        Returns:
            The frames from the first to the last that is heard; the first may be negative.
        """
        frames = self.before_frames + self.block_frames + self.ahead_frames
        return Clock(rate, first_frame + own_frames + self.ahead_frames - frames, frames)


@dataclass(frozen=True)
class Block:
    """A block that is to be drawn.

    Attributes:
        samples: The window's sound, 16 kHz mono, [N] float32 in [-1, 1].
        window: The frames that are heard.
        shown: The avatar's frame that is shown at each of them.
        own: Which of them are drawn: those of the block.
    """

    samples: np.ndarray
    window: Clock
    shown: tuple[int, ...]
    own: slice

    @property
    def speech(self) -> Speech:
        """The sound as that of a cut, which is the window."""
        return Speech(self.samples, 0)


class Performance(Protocol):
    """An avatar that speaks, once. It remembers what it said; blocks come in order."""

    def draw(self, block: Block) -> list[Patch]:
        """Draw the next block.

        Args:
            block: The block.

        Returns:
            A patch for each of its own frames. Where a patch's alpha is 0, its pixels are black.

        Raises:
            Fault: Drawing failed.
        """


class Performer(Protocol):
    """An avatar that is ready to speak. Its performances share what it loaded, and may be at work
    at the same time, in threads.

    Attributes:
        frames: How many frames the avatar has.
        block_s: Seconds that are drawn together, to the nearest frame. A longer block costs less,
            and is waited for longer.
        ahead_s: Seconds that a block hears after its end, to the next frame.
    """

    block_s: ClassVar[float]

    @property
    def ahead_s(self) -> float:
        """See `Performer`."""

    @property
    def frames(self) -> int:
        """See `Performer`."""

    def get_ready(self, rate: Fraction) -> None:
        """Read and prepare what frames would wait for. Only a conversation needs it.

        Args:
            rate: The avatar's frames/s.

        Raises:
            Fault: A file is broken.
        """

    def begin(self) -> Performance:
        """Begin to speak.

        Returns:
            The performance; before it, there was silence.
        """

    def close(self) -> None:
        """End what works in the background; performances are over."""


@runtime_checkable
class LiveEngine(Protocol):
    """An engine that can draw while the sound arrives."""

    def performer(self, avatar: Path) -> Performer:
        """Make an avatar ready to speak.

        Args:
            avatar: What `Engine.prepare` wrote.

        Returns:
            The performer.

        Raises:
            Fault: The avatar's file is broken, or weights cannot be used.
        """


def shown_at(index: int, frames: int) -> int:
    """Find the avatar's frame that is shown at a moment: forward and back, as in a looped film.

    Args:
        index: Frames since the beginning; what was before it shows the first.
        frames: How many frames the avatar has.

    Returns:
        The frame; the last and the first are shown twice where the direction changes.
    """
    at = max(index, 0) % (2 * frames)
    return at if at < frames else 2 * frames - 1 - at


def block_at(
    hearing: Hearing,
    rate: Fraction,
    first_frame: int,
    own_frames: int,
    order: Sequence[int],
    samples: np.ndarray,
) -> Block:
    """Put a block together.

    Args:
        hearing: What it hears.
        rate: Frames/s.
        first_frame: Its first frame, counted from the beginning.
        own_frames: How many it has.
        order: The avatar's frames, as they are shown forward.
        samples: Its window's sound, 16 kHz.

    Returns:
        The block.
    """
    window = hearing.window(rate, first_frame, own_frames)
    shown = (order[shown_at(number, len(order))] for number in _numbers(window))
    own = slice(first_frame - window.first_frame, first_frame - window.first_frame + own_frames)
    return Block(samples, window, tuple(shown), own)


def performed(performer: Performer, speech: Speech, clock: Clock) -> Iterator[Patch]:
    """Draw a cut as if its sound arrived bit by bit.

    Args:
        performer: The avatar.
        speech: The cut's speech.
        clock: The cut's frames.

    Yields:
        `clock.frames` patches.
    """
    hearing = Hearing.at(clock.rate, performer.block_s, performer.ahead_s)
    performance = performer.begin()

    def drawn() -> Iterator[Patch]:
        rate, order, first = clock.rate, clock.frame_order, 0
        while first < clock.frames:
            own = hearing.own_frames(is_first=first == 0)
            heard = _within(speech, hearing.window(rate, first, own))
            yield from performance.draw(block_at(hearing, rate, first, own, order, heard))
            first += own

    try:
        yield from islice(drawn(), clock.frames)
    finally:
        performer.close()


def eased_from(before: float, values: np.ndarray, frames: int) -> np.ndarray:
    """Let a value change by no more than it does where it eases over some frames.

    Args:
        before: The value of the frame before.
        values: The values that are wanted, [N].
        frames: Frames over which it eases.

    Returns:
        [N], of the same type.
    """
    most = 1 / (frames + 1)
    limited = values.copy()
    for number, wanted in enumerate(values):
        before = float(np.clip(wanted, before - most, before + most))
        limited[number] = before
    return limited


def _numbers(clock: Clock) -> range:
    return range(clock.first_frame, clock.end_frame)


def _within(speech: Speech, window: Clock) -> np.ndarray:
    """The samples of a window, whose frames count from the cut's start; silence beyond the ends."""
    first, end = (
        sample_of(frame, window.rate, SAMPLE_RATE) + speech.start
        for frame in (window.first_frame, window.end_frame)
    )
    inner = speech.samples[max(first, 0) : max(end, 0)]
    before = min(max(-first, 0), end - first)
    return np.pad(inner, (before, end - first - before - len(inner))).astype(np.float32)
