"""Work that a GPU repeats by itself: CUDA graphs, so that it waits for no launch by the program."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

MOST_GRAPHS = 16
"""Graphs of one function, at most; tensors of further sizes are worked on without."""


@dataclass(frozen=True)
class _Recorded:
    """A graph, the memory that it reads, and that which it writes."""

    graph: torch.cuda.CUDAGraph
    inputs: tuple[Tensor, ...]
    results: tuple[Tensor, ...]


class Replayed:
    """A function of tensors, recorded at the first tensors of each size and then replayed.

    The graphs of all functions with one pool share their memory, so none may run beside another.
    """

    def __init__(self, function: Callable[..., tuple[Tensor, ...]], pool: Any) -> None:
        """Record nothing yet.

        Args:
            function: Of tensors on the GPU to others; nothing waits for the GPU.
            pool: See `torch.cuda.graph_pool_handle`.
        """
        self._function, self._pool = function, pool
        self._recorded: dict[tuple[torch.Size, ...], _Recorded] = {}

    def __call__(self, *items: Tensor) -> tuple[Tensor, ...]:
        """Run the function.

        Args:
            items: On the GPU, or in memory that it reads by itself (pinned).

        Returns:
            The results, in memory that the next call of any function of the pool writes to.

        Raises:
            torch.OutOfMemoryError: They do not fit.
        """
        shapes = tuple(item.shape for item in items)
        known = self._recorded.get(shapes)
        if known is None:
            if len(self._recorded) >= MOST_GRAPHS:
                return self._function(*map(_moved, items))
            known = self._recorded[shapes] = self._record(items)
        for place, item in zip(known.inputs, items, strict=True):
            place.copy_(item, non_blocking=True)
        known.graph.replay()
        return known.results

    def _record(self, items: tuple[Tensor, ...]) -> _Recorded:
        inputs = tuple(map(_moved, items))
        present, aside = torch.cuda.current_stream(), torch.cuda.Stream()
        aside.wait_stream(present)
        with torch.cuda.stream(aside):
            self._function(*inputs)  # what is compiled, chosen and set up at the first run
        present.wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        # Other threads may go on using the GPU meanwhile.
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            results = self._function(*inputs)
        return _Recorded(graph, inputs, results)


def _moved(item: Tensor) -> Tensor:
    """A copy on the GPU."""
    return torch.empty_like(item, device="cuda", pin_memory=False).copy_(item, non_blocking=True)
