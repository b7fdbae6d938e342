"""Batches of a function that a GPU repeats by itself; see `networks.graphs`."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ...networks.graphs import Replayed

STEP = 4
"""Sizes of a batch are rounded up to multiples of it, so that few graphs serve all cuts."""


class ReplayedBatches:
    """A function of batches, recorded for few sizes and then replayed."""

    def __init__(self, function: Callable[..., Tensor], pool: Any) -> None:
        """Record nothing yet.

        Args:
            function: Of tensors [N, ...] on the GPU to one [N, ...]; rows do not depend on each
                other, and nothing waits for the GPU.
            pool: See `Replayed`.
        """
        self._replayed = Replayed(lambda *items: (function(*items),), pool)

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
        padded = tuple(torch.cat([item, *missing * [item[-1:]]]) for item in items)
        return self._replayed(*padded)[0][:rows]
