"""A conversation: sound is pushed when it is there, moments come out at the pace of the picture."""

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable

import numpy as np

from ..core.errors import InputError
from .moments import Format, Moment
from .pipeline import Pipeline
from .player import Drawn, Player, Taken, cut_short
from .turn import Turn

LEAD_S, IDLE_LEAD_S = 0.12, 0.08
"""How long before it is shown a block is begun to be drawn, where its sound is there; and where
nobody speaks, since a turn that begins is seen after what is drawn."""

MOST_WAITING_S = 600
"""Sound that may wait to be spoken."""

MOST_LATE_S = 0.5
"""Moments that are taken later than this are not hurried after: the pace starts again."""

_Blocks = Pipeline[tuple[int, Drawn], tuple[int, list[Moment]]]
"""Blocks, each with how many interrupts there had been when it was begun."""


class Pace:
    """The time, in seconds. Tests have one of their own."""

    def now(self) -> float:
        """Tell the time.

        Returns:
            Seconds.
        """
        return time.monotonic()

    async def until(self, moment_s: float, news: asyncio.Event) -> bool:
        """Wait.

        Args:
            moment_s: Until when, at the latest.
            news: Ends the waiting.

        Returns:
            Whether it is time.
        """
        try:
            # Not `wait_for`, which in Python 3.11 loses a cancellation that comes with the news.
            async with asyncio.timeout(max(0.0, moment_s - self.now())):
                await news.wait()
        except TimeoutError:
            return True
        return False


class Session:
    """A live conversation. What pushes, flushes and interrupts may do so from any thread.

    Attributes:
        format: What the moments have in common.
        late_frames: How many moments were drawn too late for the pace.
    """

    def __init__(
        self,
        player: Player,
        pace: Pace | None = None,
        get_ready: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin; nothing is drawn before `run`.

        Args:
            player: Draws the moments.
            pace: The time; None: the machine's.
            get_ready: Called in a thread before the first moment.
        """
        self.format: Format = player.format
        self.late_frames = 0
        self._player, self._pace = player, pace or Pace()
        self._get_ready = get_ready
        self._lock = threading.Lock()
        self._turns: deque[Turn] = deque()
        self._spoken: Turn | None = None
        self._pushed_s = 0.0
        self._interrupts = 0
        self._drawn: deque[Moment] = deque()
        self._is_heard = False  # the moment that was emitted last
        self._over = threading.Event()
        self._runs = False
        self._wake: Callable[[], None] = lambda: None

    def push_audio(self, samples: np.ndarray, rate_hz: int) -> None:
        """Append sound to the present turn, or begin one.

        Args:
            samples: Mono, [N] float32 in [-1, 1] or int16; N may be 0.
            rate_hz: Samples/s, 8,000 to 192,000.

        Raises:
            InputError: It is no such sound, or ten minutes of it wait already.
        """
        with self._lock:
            if not self._turns or self._turns[-1].ended:
                self._turns.append(Turn())
            waiting = sum(len(turn.emitted) for turn in self._turns) / self.format.sound_rate_hz
            if waiting > MOST_WAITING_S:
                raise InputError(f"sound: {waiting:.0f} s wait to be spoken; push it as it is said")
            self._turns[-1].push(samples, rate_hz)
            self._pushed_s = self._pace.now()
            if self._player.has_all(self._turns[0]):  # else it changes nothing of what is drawn now
                self._wake()

    def flush(self) -> None:
        """End the present turn: what waits for later sound is drawn."""
        with self._lock:
            if self._turns:
                self._turns[-1].end()
                self._wake()

    def interrupt(self) -> None:
        """Stop speaking. What is not spoken is dropped; what is drawn already is silenced."""
        with self._lock:
            self._turns.clear()
            self._interrupts += 1
            self._drawn = deque(self._silenced(list(self._drawn), self._is_heard))

    def shutdown(self) -> None:
        """End the session: `run` ends before its next moment."""
        self._over.set()
        self.interrupt()

    async def run(self) -> AsyncIterator[Moment]:
        """Emit moments at the pace of the picture, until the session is shut down.

        Yields:
            The moments.

        Raises:
            Fault: Drawing failed; the session is over.
            RuntimeError: It runs already, or ran.
        """
        if self._runs:
            raise RuntimeError("a session runs once")
        self._runs = True
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        wake = _waker(loop, news)
        blocks = Pipeline(self._draw_next, self._compose, wake)
        try:
            await blocks.prepare(self._get_ready)
            with self._lock:
                self._wake = wake
            async for moment in self._paced(blocks, news):
                yield moment
        finally:
            with self._lock:
                self._wake = lambda: None
            self._over.set()
            # Not waited for: a block is drawn in a moment, and the event loop has others.
            blocks.close()

    async def _paced(self, blocks: _Blocks, news: asyncio.Event) -> AsyncIterator[Moment]:
        frame_s, block_frames = float(1 / self.format.fps), self._player.hearing.block_frames
        due_s = 0.0
        while not self._over.is_set():
            news.clear()
            if blocks.has_done:
                self._queue(*blocks.take())
            if blocks.is_free and self._wants_block(len(blocks) * block_frames):
                blocks.begin()
            if not self._drawn:
                await news.wait()
                continue
            now_s = self._pace.now()
            if now_s - due_s > MOST_LATE_S:  # the first one, too
                due_s = now_s
            if not await self._pace.until(due_s, news):
                continue
            self.late_frames += self._pace.now() - due_s > frame_s
            due_s += frame_s
            with self._lock:
                moment = self._drawn.popleft()
                self._is_heard = moment.speaking
            if not self._over.is_set():
                yield moment

    def _wants_block(self, begun_frames: int) -> bool:
        """Whether the next block is drawn now, where so many frames are begun.

        One whose sound is there is drawn well ahead. In silence little is: it would be shown before
        a turn that begins. A turn whose sound comes as it is spoken waits for it while it can, and
        until it begins nothing is drawn ahead.
        """
        with self._lock:
            turn, drawn = self._next_turn(), len(self._drawn) + begun_frames
            if turn is not None and self._player.has_all(turn):
                return drawn <= round(LEAD_S * self.format.fps)
            if turn is not None and (turn is self._spoken or self._gathers(turn)):
                return not drawn
            return drawn < max(1, round(IDLE_LEAD_S * self.format.fps))

    def _draw_next(self) -> tuple[int, Drawn]:
        """Draw the next block; and how many interrupts there had been."""
        with self._lock:
            interrupts = self._interrupts
            taken = self._take()
        return interrupts, self._player.draw(taken)

    def _compose(self, block: tuple[int, Drawn]) -> tuple[int, list[Moment]]:
        interrupts, drawn = block
        return interrupts, self._player.compose(drawn)

    def _next_turn(self) -> Turn | None:
        while self._turns and self._player.is_over(self._turns[0]):
            self._turns.popleft()
        return self._turns[0] if self._turns else None

    def _take(self) -> Taken:
        turn = self._next_turn()
        if turn is not None and not self._may_speak(turn):
            # A frame at a time: the turn, which begins soon, is seen after what is drawn.
            return self._player.take(None, 1 if self._gathers(turn) else None)
        self._spoken = turn
        return self._player.take(turn)

    def _gathers(self, turn: Turn) -> bool:
        """Whether a turn's first sound is there, and not yet all that its first block hears."""
        return turn is not self._spoken and len(turn.heard) > 0

    def _may_speak(self, turn: Turn) -> bool:
        """Whether a block of a turn is drawn now, though it may lack sound.

        A turn begins when all is there that its first block hears. Then late sound is drawn with
        less look-ahead, and none waits longer than the engine's window.
        """
        player = self._player
        if player.has_all(turn) or (turn is self._spoken and player.has_block(turn)):
            return True
        waited_s = self._pace.now() - self._pushed_s
        return len(turn.heard) > 0 and waited_s >= player.hearing.waits_s(self.format.fps)

    def _queue(self, interrupts: int, moments: list[Moment]) -> None:
        with self._lock:
            if interrupts != self._interrupts:
                was_heard = self._drawn[-1].speaking if self._drawn else self._is_heard
                moments = self._silenced(moments, was_heard)
            self._drawn.extend(moments)

    def _silenced(self, moments: list[Moment], was_heard: bool) -> list[Moment]:
        """Silence moments; the first one fades where the moment before it was heard."""
        return cut_short(moments, self.format.sound_rate_hz, fades=was_heard)


def _waker(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> Callable[[], None]:
    """What any thread may call to tell a loop of news; nothing happens where the loop is closed."""

    def wake() -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(news.set)

    return wake
