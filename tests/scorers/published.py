"""What the tests of the published sync networks share."""

import zlib
from collections.abc import Callable
from pathlib import Path

import torch

from places import ROOT

PARITY = ROOT / "tests" / "parity"
Publish = Callable[..., Path]
"""Lays a weight file, by name and content, into a downloaded tree."""


def seeded(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The values that the golden results were computed with, by key.

    As `tests/parity/make_weights.py` draws them, whose imports take longer than these tests.
    """
    drawn = {}
    for key, tensor in state.items():
        if not tensor.is_floating_point():
            drawn[key] = torch.zeros(tensor.shape, dtype=tensor.dtype)
            continue
        generator = torch.Generator().manual_seed(zlib.crc32(key.encode()))
        value = torch.randn(tensor.shape, generator=generator)
        if key.endswith("running_var"):
            value = 1 + 0.1 * value.abs()
        elif key.endswith(("running_mean", "bias")):
            value = 0.05 * value
        elif tensor.dim() == 1:
            value = 1 + 0.1 * value
        else:
            value = value / tensor[0].numel() ** 0.5
        drawn[key] = value
    return drawn
