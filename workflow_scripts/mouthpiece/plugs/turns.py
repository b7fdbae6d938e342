"""When a turn is over: its sound has been shown, moment by moment."""

import math
from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from ..live.moments import Moment

QUIET_S = 1
"""A turn that was begun and is silent for so long is over, in seconds, whatever was counted."""

Mark = TypeVar("Mark")


@dataclass
class _Turn(Generic[Mark]):
    """A turn whose sound is complete, and how many frames of it are still to be shown."""

    mark: Mark
    frames: int


class Turns(Generic[Mark]):
    """The turns of a session, each with a mark that its end gives back.

    Attributes:
        over: The marks of turns that are over and were not interrupted since, to be taken.
    """

    def __init__(self, fps: Fraction) -> None:
        """Begin without a turn.

        Args:
            fps: Frames/s of the moments.
        """
        self._fps = fps
        self._pushed_s = Fraction(0)
        self._early_frames = self._quiet_frames = 0
        self._complete: deque[_Turn[Mark]] = deque()
        self.over: deque[Mark] = deque()

    def __bool__(self) -> bool:
        return bool(self.over or self._complete or self._pushed_s)

    def push(self, samples: int, rate_hz: int) -> None:
        """Count sound of the present turn.

        Args:
            samples: How many samples.
            rate_hz: Samples/s.
        """
        self._pushed_s += Fraction(samples, rate_hz)

    def flush(self, mark: Mark) -> None:
        """Count the present turn as complete.

        Args:
            mark: What its end gives back.
        """
        frames = math.ceil(self._pushed_s * self._fps) - self._early_frames
        self._complete.append(_Turn(mark, frames))
        self._pushed_s, self._early_frames = Fraction(0), 0

    def clear(self) -> None:
        """Forget all turns: they were interrupted."""
        self.over.clear()
        self._complete.clear()
        self._pushed_s, self._early_frames, self._quiet_frames = Fraction(0), 0, 0

    def abandon(self) -> None:
        """Take complete turns as over: nothing more is shown."""
        self.over.extend(turn.mark for turn in self._complete)
        self._complete.clear()

    def show(self, moment: Moment) -> None:
        """Count a moment before it is shown; after it, `over` has the turns that end with it.

        Args:
            moment: The moment.
        """
        self._quiet_frames = 0 if moment.speaking else self._quiet_frames + 1
        if moment.speaking and self._complete:
            self._complete[0].frames -= 1
        elif moment.speaking and self._pushed_s:
            self._early_frames += 1
        while self._complete and self._is_over(self._complete[0]):
            self.over.append(self._complete.popleft().mark)

    def _is_over(self, turn: _Turn[Mark]) -> bool:
        return turn.frames <= 0 or self._quiet_frames > QUIET_S * self._fps
