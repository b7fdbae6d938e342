"""Training of the lip-motion network on film and synthetic voices."""

import copy
import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import torch
from torch import nn
from torch.nn import functional

from ..audio.logmel import SAMPLE_RATE
from ..engines.preview.lip_network import CONTROLS, REST, ROW, SCALE, LipNet
from .augment import masked, other_sound, uniform
from .batches import Windows
from .dataset import UNKNOWN_CLASS, Corpus, splits

log = logging.getLogger(__name__)

Net = TypeVar("Net", bound=nn.Module)

SPEED = (0.8, 1.25)
"""Least and most factor of a clip's speed."""

AVERAGING = 0.998
"""Weight of the past in the running mean of the weights, which is the result."""


@dataclass(frozen=True)
class LipTraining:
    """How to train the lip network.

    Attributes:
        steps: How many batches.
        film: Windows of film in a batch.
        voices: Windows of synthetic voices in a batch.
        window_s: Seconds of a window.
        rate: The highest learning rate.
        weight_decay: AdamW's.
        dropout: The share of channels that are dropped.
        closure_weight: Weight of the closures' loss.
        class_weight: Weight of the phone classes' loss.
        seed: Fixes everything that is drawn.
    """

    steps: int = 3200
    film: int = 32
    voices: int = 32
    window_s: float = 2.4
    rate: float = 2e-3
    weight_decay: float = 0.02
    dropout: float = 0.1
    closure_weight: float = 0.15
    class_weight: float = 0.15
    seed: int = 1


def train_lips(folder: Path, options: LipTraining, device: torch.device) -> LipNet:
    """Train the lip network.

    Args:
        folder: The data set that `dataset.build` made.
        options: How to train.
        device: Where to train.

    Returns:
        The network with its averaged weights, on the CPU.
    """
    torch.manual_seed(options.seed)
    generator = torch.Generator(device).manual_seed(options.seed)
    film = Corpus.load(folder, "film")
    sources = [
        (Windows(film.take(splits(film.names)["train"]), device), options.film),
        (Windows(Corpus.load(folder, "voices"), device), options.voices),
    ]
    net = LipNet(options.dropout).to(device).train()
    kept = Averaged(net)
    optimizer = torch.optim.AdamW(net.parameters(), options.rate, weight_decay=options.weight_decay)
    for step in range(options.steps):
        set_rate(optimizer, options.rate, step, options.steps)
        parts = [_batch(windows, count, options, generator) for windows, count in sources if count]
        samples, shapes, classes = (torch.cat(p) for p in zip(*parts, strict=True))
        mel = masked(other_sound(samples, generator), generator)
        loss = _loss(net(mel), shapes, classes, options)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        kept.update(net)
        if step % 200 == 0:
            log.info("lips step %d loss %.4f", step, loss.item())
    return kept.net.cpu().eval()


class Averaged(Generic[Net]):
    """The running mean of a network's weights.

    Args:
        net: The network; it is copied.

    Attributes:
        net: A copy with the mean weights.
    """

    def __init__(self, net: Net) -> None:
        self.net = copy.deepcopy(net).eval()
        self._started = False

    @torch.no_grad()
    def update(self, net: Net) -> None:
        """Add new weights to the mean; the first ones are copied.

        Args:
            net: The network after a step.
        """
        share = 1 - AVERAGING if self._started else 1.0
        self._started = True
        for mean, new in zip(self.net.parameters(), net.parameters(), strict=True):
            mean.lerp_(new, share)


def set_rate(optimizer: torch.optim.Optimizer, peak: float, step: int, steps: int) -> None:
    """Set the learning rate: it rises over a twentieth of the steps, then falls as a cosine.

    Args:
        optimizer: Its rate is set.
        peak: The highest rate.
        step: The step, from 0 on.
        steps: How many steps there are.
    """
    warmup = max(1, steps // 20)
    share = (
        step / warmup
        if step < warmup
        else 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))
    )
    for group in optimizer.param_groups:
        group["lr"] = peak * max(share, 0.01)


def _batch(windows: Windows, count: int, options: LipTraining, generator: torch.Generator) -> tuple:
    """Samples [B, N], shapes [B, S, K] and classes [B, S] of windows, each at another speed."""
    speed = 2 ** uniform(math.log2(SPEED[0]), math.log2(SPEED[1]), count, generator)
    clips, start = windows.pick(count, options.window_s * speed, generator)
    length = int(options.window_s * SAMPLE_RATE)
    rows = length // ROW + 1

    def times(steps: int, rate: int) -> torch.Tensor:
        ticks = torch.arange(steps, device=windows.device, dtype=torch.float64) / rate
        return start[:, None].double() + ticks * speed[:, None].double()

    at = times(rows, SAMPLE_RATE // ROW)
    return (
        windows.sound(clips, times(length, SAMPLE_RATE)),
        windows.shapes(clips, at),
        windows.classes(clips, at),
    )


def _loss(
    predicted: tuple[torch.Tensor, torch.Tensor],
    shapes: torch.Tensor,
    classes: torch.Tensor,
    options: LipTraining,
) -> torch.Tensor:
    """The sum of the losses of shape, motion, closure and phone class.

    A gap where the lips should touch weighs more than one where they should not.
    """
    raw, logits = predicted
    rest = torch.tensor(REST[:-1], device=raw.device)
    scale = torch.tensor(SCALE, device=raw.device)
    wanted = (shapes[..., :-1] - rest) / scale
    closure = shapes[..., len(CONTROLS) - 1]
    weights = torch.ones_like(wanted)
    weights[..., 0] = 2 + 2 * closure
    error = functional.smooth_l1_loss(raw[..., :-1], wanted, reduction="none", beta=0.5)
    moved = functional.smooth_l1_loss(
        raw[:, 2:, :-1] - raw[:, :-2, :-1], wanted[:, 2:] - wanted[:, :-2], beta=0.5
    )
    touch = functional.binary_cross_entropy_with_logits(raw[..., -1], closure.clamp(0, 1))
    named = functional.cross_entropy(
        logits.flatten(0, 1), classes.flatten(), ignore_index=UNKNOWN_CLASS, label_smoothing=0.05
    )
    return (
        (error * weights).mean()
        + 0.5 * moved
        + options.closure_weight * touch
        + options.class_weight * named
    )
