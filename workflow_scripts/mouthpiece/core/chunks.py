"""Streams taken a few items at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Group items into lists.

    Args:
        items: Any iterable; it is read as needed.
        size: The length of each list but the last.

    Yields:
        Lists of items, in order.
    """
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
