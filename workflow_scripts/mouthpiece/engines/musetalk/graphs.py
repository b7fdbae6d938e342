"""Work that a GPU repeats by itself: CUDA graphs, so that it waits for no launch by the program."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

STEP = 4
"""Sizes of a batch are rounded up to multiples of it, so that few graphs serve all cuts."""

MOST_GRAPHS = 16
"""Graphs of one function, at most; batches of further sizes are run without."""


@dataclass(frozen=True)
class _Recorded:
    """A graph, the memory that it reads, and that which it writes."""

    graph: torch.cuda.CUDAGraph
    inputs: tuple[Tensor, ...]
    result: Tensor


class Replayed:
    """A function of batches, recorded at the first batch of each size and then replayed.

    The graphs of all functions with one pool share their memory, so none may run beside another.
    """

    def __init__(self, function: Callable[..., Tensor], pool: Any) -> None:
        """Record nothing yet.

        Args:
            function: Of tensors [N, ...] on the GPU to one [N, ...]; rows do not depend on each
                other, and nothing waits for the GPU.
            pool: See `torch.cuda.graph_pool_handle`.
        """
        self._function, self._pool = function, pool
        self._recorded: dict[tuple[torch.Size, ...], _Recorded] = {}

    def __call__(self, *items: Tensor) -> Tensor:
        """Run the function.

        Args:
            items: [N, ...] each, on the GPU.

        Returns:
            [N, ...], in memory that the next call writes to.

        Raises:
            torch.OutOfMemoryError: The batch does not fit.
        """
        rows = len(items[0])
        missing = -rows % STEP
        shapes = tuple(torch.Size((rows + missing, *item.shape[1:])) for item in items)
        known = self._recorded.get(shapes)
        if known is None:
            padded = tuple(torch.cat([item, *missing * [item[-1:]]]) for item in items)
            if len(self._recorded) >= MOST_GRAPHS:
                return self._function(*padded)[:rows]
            known = self._recorded[shapes] = self._record(padded)
        else:
            for place, item in zip(known.inputs, items, strict=True):
                place[:rows].copy_(item)
                if missing:
                    place[rows:].copy_(item[-1:].expand(missing, *item.shape[1:]))
        known.graph.replay()
        return known.result[:rows]

    def _record(self, inputs: tuple[Tensor, ...]) -> _Recorded:
        present, aside = torch.cuda.current_stream(), torch.cuda.Stream()
        aside.wait_stream(present)
        with torch.cuda.stream(aside):
            self._function(*inputs)  # what is compiled, chosen and set up at the first run
        present.wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        # Other threads may go on using the GPU meanwhile.
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            result = self._function(*inputs)
        return _Recorded(graph, inputs, result)
