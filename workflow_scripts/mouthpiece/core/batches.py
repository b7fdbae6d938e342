"""Batches that shrink when memory runs out, which is normal on a small GPU."""

import logging
import math
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import torch

from .errors import Fault

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Batches:
    """A batch size that adapts: a batch that does not fit is halved, as are all after it.

    Args:
        frames: The size of the first batch.
        even: Whether batches are about equal. Else all are full but the last.

    Attributes:
        frames: The present size.
        is_halved: Whether memory did not hold an earlier one.
    """

    def __init__(self, frames: int, even: bool = True) -> None:
        self.frames = frames
        self.is_halved = False
        self._even = even

    def run(self, total: int, work: Callable[[slice], Result]) -> Iterator[tuple[slice, Result]]:
        """Process frames in batches.

        Args:
            total: How many frames there are.
            work: Called with one slice after another; they cover all frames in order. It is called
                again with a smaller slice where memory ran out.

        Yields:
            Each slice with the result of `work`.

        Raises:
            Fault: If not even one frame fits.
        """
        start = 0
        while start < total:
            left = total - start
            size = math.ceil(left / math.ceil(left / self.frames)) if self._even else self.frames
            part = slice(start, min(start + size, total))
            shortage = ""
            try:
                result = work(part)
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                shortage = str(error) or type(error).__name__
            # Outside the except block, where the error still holds the tensors of the failed batch.
            if shortage:
                self._shrink(part.stop - start, shortage)
                continue
            yield part, result
            del result
            start = part.stop

    def _shrink(self, tried: int, message: str) -> None:
        if tried == 1:
            raise Fault(f"out of memory at a batch of one frame: {message}")
        self.frames, self.is_halved = tried // 2, True
        log.warning("out of memory at %d frames a batch; continuing with %d", tried, self.frames)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def halved(**batches: Batches) -> dict[str, Any]:
    """Tell which batches memory did not hold, as facts for a cut's row.

    Args:
        batches: Batches by what they are of.

    Returns:
        JSON {"halved_to": {name: the present size}}; empty where all of them fitted.
    """
    found = {name: batch.frames for name, batch in batches.items() if batch.is_halved}
    return {"halved_to": found} if found else {}


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether memory ran out, the GPU's or the machine's.

    Args:
        error: Any error. PyTorch has no class for the machine's memory, only a message.

    Returns:
        Whether a smaller batch may succeed.
    """
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )
