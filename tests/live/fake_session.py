"""A session without an avatar: what is pushed comes out at once, as moments."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from fractions import Fraction

import numpy as np

from mouthpiece.core.errors import InputError
from mouthpiece.live.moments import Format, Moment

FORMAT = Format(6, 4, Fraction(25), 48_000)
FRAME_S = 0.002
"""The pace of the tests."""


class FakeSession:
    """Shows each frame's worth of sound as a moment, and idle moments between.

    Attributes:
        format: As that of a session.
        calls: What was asked of it.
        fault: What `run` raises at its next moment.
    """

    def __init__(self) -> None:
        self.format = FORMAT
        self.calls: list[str] = []
        self.fault: Exception | None = None
        self._waiting: deque[np.ndarray] = deque()
        self._is_over = False

    def push_audio(self, samples: np.ndarray, rate_hz: int) -> None:
        if not 8_000 <= rate_hz <= 192_000:
            raise InputError(f"sound: {rate_hz} Hz is no rate")
        self.calls.append(f"push {len(samples)} at {rate_hz}")
        seconds = Fraction(len(samples), rate_hz)
        level = float(np.abs(samples).max(initial=0)) / 32768
        for _ in range(-(-seconds * 25 // 1)):
            self._waiting.append(np.full(1920, level, np.float32))

    def flush(self) -> None:
        self.calls.append("flush")

    def interrupt(self) -> None:
        self.calls.append("interrupt")
        self._waiting.clear()

    def shutdown(self) -> None:
        self._is_over = True
        self._waiting.clear()

    @property
    def is_over(self) -> bool:
        """Whether it was shut down."""
        return self._is_over

    async def run(self) -> AsyncIterator[Moment]:
        index = 0
        while not self._is_over:
            await asyncio.sleep(FRAME_S)
            if self.fault:
                raise self.fault
            speaking = bool(self._waiting)
            sound = self._waiting.popleft() if speaking else np.zeros(1920, np.float32)
            picture = np.full((4, 6, 3), index % 256, np.uint8)
            yield Moment(index, picture, sound, speaking)
            index += 1
