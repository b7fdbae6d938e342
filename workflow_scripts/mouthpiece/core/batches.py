"""Batches that shrink when memory runs out: normal on a small GPU, and no reason to stop."""

import logging
import math
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

import torch

from .errors import Fault

log = logging.getLogger(__name__)

Item = TypeVar("Item")

Result = TypeVar("Result")


class Batches:
    """How many frames are worked on at once: what fitted before is remembered.

    A batch that does not fit is halved and done again, and so are those after it.
    """

    def __init__(self, frames: int) -> None:
        self.frames = frames

    def run(self, total: int, work: Callable[[slice], Result]) -> Iterator[tuple[slice, Result]]:
        """Do `work` on slices, about equal, that cover `total` frames in order.

        Raises Fault where not even one frame fits.
        """
        start = 0
        while start < total:
            left = total - start
            part = slice(start, start + math.ceil(left / math.ceil(left / self.frames)))
            lack = ""
            try:
                result = work(part)
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                lack = str(error) or type(error).__name__
            # Only here: while an error is handled, it keeps what was made of the batch that failed.
            if lack:
                self._shrink(part.stop - start, lack)
                continue
            yield part, result
            del result
            start = part.stop

    def _shrink(self, tried: int, message: str) -> None:
        if tried == 1:
            raise Fault(f"out of memory at a batch of one frame: {message}")
        self.frames = tried // 2
        log.warning("out of memory at %d frames a batch; going on with %d", tried, self.frames)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out, a GPU's or the machine's, for which there is no class of its own."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of `size`, the last one shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
