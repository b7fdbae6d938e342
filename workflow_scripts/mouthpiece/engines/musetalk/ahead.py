"""Work that is begun before the last is handed out, so that a GPU does not wait for the program."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def one_ahead(items: Iterable[Item]) -> Iterator[Item]:
    """Ask for each item before the one before it is handed out; for the first one at once.

    Args:
        items: What starts some work when it is asked for.

    Returns:
        The items, in order.
    """
    stream = iter(items)
    waiting = deque(islice(stream, 1))

    def hand_out() -> Iterator[Item]:
        for item in stream:
            waiting.append(item)
            yield waiting.popleft()
        yield from waiting

    return hand_out()
