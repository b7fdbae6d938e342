"""The optimization that both networks share: AdamW, a warm-up, averaged weights."""

import copy
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import nn

log = logging.getLogger(__name__)

Net = TypeVar("Net", bound=nn.Module)

AVERAGING = 0.998
"""Weight of the past in the running mean of the weights, which is the result."""

LOGGED_STEPS = 200
"""Steps from one line of the log to the next."""


@dataclass(frozen=True, kw_only=True)
class Training:
    """How to train a network.

    Attributes:
        steps: How many batches.
        film: Windows of film in a batch.
        voices: Windows of synthetic voices in a batch.
        rate: The highest learning rate.
        weight_decay: AdamW's.
        dropout: The share of channels that are dropped.
        class_weight: Weight of the phone classes' loss.
        seed: Fixes everything that is drawn.
    """

    steps: int
    film: int
    voices: int
    rate: float
    weight_decay: float
    dropout: float
    class_weight: float
    seed: int

    def seeded(self, device: torch.device) -> torch.Generator:
        """Seed PyTorch, which draws the first weights, and make a source of chance.

        Args:
            device: Where to train.

        Returns:
            A generator on that device.
        """
        torch.manual_seed(self.seed)
        return torch.Generator(device).manual_seed(self.seed)


def optimize(net: Net, loss_of_batch: Callable[[], torch.Tensor], options: Training) -> Net:
    """Train a network.

    Args:
        net: The network; it is changed.
        loss_of_batch: Draws a batch and returns its loss, [] float32.
        options: How to train.

    Returns:
        A copy of the network with its averaged weights, on the CPU, set to inference.
    """
    mean = copy.deepcopy(net).eval()
    optimizer = torch.optim.AdamW(net.parameters(), options.rate, weight_decay=options.weight_decay)
    for step in range(options.steps):
        _set_rate(optimizer, options.rate, step, options.steps)
        loss = loss_of_batch()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        _average(mean, net, 1 - AVERAGING if step else 1.0)
        if step % LOGGED_STEPS == 0:
            log.info("%s: step %d, loss %.4f", type(net).__name__, step, loss.item())
    return mean.cpu()


@torch.no_grad()
def _average(mean: nn.Module, net: nn.Module, share: float) -> None:
    """Move the mean weights by a share of the way to the network's."""
    for average, new in zip(mean.parameters(), net.parameters(), strict=True):
        average.lerp_(new, share)


def _set_rate(optimizer: torch.optim.Optimizer, peak: float, step: int, steps: int) -> None:
    """Set the learning rate: it rises over a twentieth of the steps, then falls as a cosine."""
    warmup = max(1, steps // 20)
    share = (
        step / warmup
        if step < warmup
        else 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))
    )
    for group in optimizer.param_groups:
        group["lr"] = peak * max(share, 0.01)
