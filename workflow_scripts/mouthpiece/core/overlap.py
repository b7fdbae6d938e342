"""Streams whose items are made by other threads, in order, while the last ones are used."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")


def mapped(
    pool: Executor, function: Callable[[Item], Result], items: Iterable[Item], waiting: int
) -> Iterator[Result]:
    """Apply a function in other threads.

    Args:
        pool: The threads.
        function: What is applied to each item.
        items: Read by the calling thread, no further ahead than the results wait.
        waiting: How many results may be under way or wait to be taken.

    Yields:
        The results, in the items' order.
    """
    under_way: deque[Future[Result]] = deque()
    try:
        for item in items:
            under_way.append(pool.submit(function, item))
            if len(under_way) > waiting:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()


@contextmanager
def prefetched(items: Iterator[Item], waiting: int) -> Iterator[Iterator[Item]]:
    """Read a stream in a thread, ahead of who takes its items.

    Args:
        items: The stream. It is closed by the thread, when the block ends at the latest.
        waiting: How many items may wait to be taken.

    Yields:
        The items, in order; then the error that the stream raised, where it did.
    """
    made: queue.SimpleQueue[tuple[Item, None] | tuple[None, BaseException]] = queue.SimpleQueue()
    room, ended = threading.Semaphore(waiting), threading.Event()

    def read() -> None:
        end: BaseException = StopIteration()
        try:
            for item in items:
                made.put((item, None))
                room.acquire()
                if ended.is_set():
                    break
        except BaseException as error:  # whoever takes the items gets it
            end = error
        finally:
            if isinstance(items, Generator):
                items.close()
        made.put((None, end))

    def take() -> Iterator[Item]:
        while True:
            item, end = made.get()
            if isinstance(end, StopIteration):
                return
            if end is not None:
                raise end
            room.release()
            yield cast(Item, item)

    thread = threading.Thread(target=read, name="prefetch", daemon=True)
    thread.start()
    try:
        yield take()
    finally:
        ended.set()
        room.release()
        thread.join()
