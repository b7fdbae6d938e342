"""Blocks that are drawn in one thread, and composed in another while the next one is drawn."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

MOST_BLOCKS = 2
"""Blocks at work: one that is drawn, and one that is composed."""


Drawn = TypeVar("Drawn")
Composed = TypeVar("Composed")


class Pipeline(Generic[Drawn, Composed]):
    """Blocks at work, in order. For one event loop."""

    def __init__(
        self,
        draw: Callable[[], Drawn],
        compose: Callable[[Drawn], Composed],
        told: Callable[[], None],
    ) -> None:
        """Draw nothing yet.

        Args:
            draw: Draws the next block.
            compose: Composes it.
            told: Called in any thread where a block is drawn or composed, or could not be.
        """
        self._draw, self._compose, self._told = draw, compose, told
        self._draws = ThreadPoolExecutor(1, "avatar-draws")
        self._composes = ThreadPoolExecutor(1, "avatar-composes")
        self._drawing: Future[Drawn] | None = None
        self._blocks: deque[Future[Composed]] = deque()

    def __len__(self) -> int:
        """Tell how many blocks are begun and not taken."""
        return len(self._blocks)

    @property
    def is_free(self) -> bool:
        """Whether a block that is begun is drawn at once."""
        is_drawing = self._drawing is not None and not self._drawing.done()
        return not is_drawing and len(self) < MOST_BLOCKS

    @property
    def has_done(self) -> bool:
        """Whether the first block can be taken without waiting."""
        return len(self) > 0 and self._blocks[0].done()

    async def prepare(self, get_ready: Callable[[], None]) -> None:
        """Do something in the thread that draws, before the first block.

        Args:
            get_ready: What is done.
        """
        await asyncio.get_running_loop().run_in_executor(self._draws, get_ready)

    def begin(self) -> None:
        """Begin the next block."""
        drawn = self._draws.submit(self._draw)
        composed = self._composes.submit(lambda: self._compose(drawn.result()))
        for work in (drawn, composed):
            work.add_done_callback(lambda done: self._told())
        self._drawing = drawn
        self._blocks.append(composed)

    def take(self) -> Composed:
        """Take the first block.

        Returns:
            What was composed.

        Raises:
            Exception: What `draw` or `compose` raised.
        """
        return self._blocks.popleft().result()

    def close(self) -> None:
        """End the threads, once they have done what they are at; it is not waited for."""
        for threads in (self._composes, self._draws):
            threads.shutdown(wait=False, cancel_futures=True)
