"""A live avatar without a face: it flashes white with a beep, and says what it is told."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator
from fractions import Fraction

import numpy as np

from mouthpiece.live.moments import Format, Moment

FORM = Format(320, 240, Fraction(25), 48000)
FLASH_EVERY, FLASH_FRAMES = 25, 3
BEEP_HZ = 1000
LOUD = 0.25
"""The beep's peak."""


class FlashingAvatar:
    """See `talk.live_avatar.LiveAvatar`.

    Attributes:
        sessions: All that were begun.
    """

    def __init__(self, form: Format = FORM, flashes: bool = True) -> None:
        self.format, self._flashes = form, flashes
        self.sessions: list[FlashingSession] = []

    def session(self) -> "FlashingSession":
        self.sessions.append(FlashingSession(self.format, self._flashes))
        return self.sessions[-1]


class FlashingSession:
    """See `talk.live_avatar.LiveSession`.

    Attributes:
        pushed: The length of each sound that was pushed, in samples.
        interrupts: How often it was interrupted.
        is_shut: Whether it was shut down.
    """

    def __init__(self, form: Format, flashes: bool) -> None:
        self._form, self._flashes = form, flashes
        self._waiting: deque[np.ndarray] = deque()
        self._lock = threading.Lock()
        self.pushed: list[int] = []
        self.interrupts = 0
        self.is_shut = False
        self.index = 0

    def push_audio(self, samples: np.ndarray, rate_hz: int) -> None:
        at = np.arange(len(samples) * self._form.sound_rate_hz // rate_hz)
        sound = samples[at * rate_hz // self._form.sound_rate_hz]
        with self._lock:
            self.pushed.append(len(samples))
            self._waiting.append(np.asarray(sound, np.float32))

    def flush(self) -> None:
        pass

    def interrupt(self) -> None:
        with self._lock:
            self.interrupts += 1
            self._waiting.clear()

    def shutdown(self) -> None:
        self.is_shut = True

    async def run(self) -> AsyncIterator[Moment]:
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        while not self.is_shut:
            yield self.moment()
            due_s = start_s + self.index / float(self._form.fps)
            await asyncio.sleep(max(0.0, due_s - loop.time()))

    def moment(self) -> Moment:
        """The next moment."""
        first, end = self._form.samples(self.index)
        sound, speaking = self._spoken(end - first)
        is_flash = self._flashes and self.index % FLASH_EVERY < FLASH_FRAMES
        picture = np.full((self._form.height_px, self._form.width_px, 3), 20, np.uint8)
        at = self.index * 4 % (self._form.width_px - 40)
        picture[:40, at : at + 40] = 200  # it moves
        if is_flash:
            picture[:] = 255
            time_s = np.arange(first, end) / self._form.sound_rate_hz
            sound = (LOUD * np.sin(2 * np.pi * BEEP_HZ * time_s)).astype(np.float32)
        self.index += 1
        return Moment(self.index - 1, picture, sound, speaking)

    def _spoken(self, samples: int) -> tuple[np.ndarray, bool]:
        spoken = np.zeros(samples, np.float32)
        at = 0
        with self._lock:
            while at < samples and self._waiting:
                part = self._waiting.popleft()
                taken = part[: samples - at]
                spoken[at : at + len(taken)] = taken
                at += len(taken)
                if len(part) > len(taken):
                    self._waiting.appendleft(part[len(taken) :])
        return spoken, at > 0
