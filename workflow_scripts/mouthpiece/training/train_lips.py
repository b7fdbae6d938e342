"""Training of the lip-motion network on film and synthetic voices."""

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional

from ..audio.logmel import SAMPLE_RATE
from ..engines.preview.lip_network import CONTROLS, REST, ROW, SCALE
from .augment import masked, other_sound, uniform
from .batches import Windows
from .dataset import UNKNOWN_CLASS, Corpus, splits
from .networks import LipNet
from .optimize import Training, optimize

SPEED = (0.8, 1.25)
"""Least and most factor of a clip's speed."""


@dataclass(frozen=True, kw_only=True)
class LipTraining(Training):
    """How to train the lip network; other defaults of the fields of `Training`.

    Attributes:
        window_s: Seconds of a window.
        closure_weight: Weight of the closures' loss.
    """

    steps: int = 3200
    film: int = 32
    voices: int = 32
    rate: float = 2e-3
    weight_decay: float = 0.02
    dropout: float = 0.1
    class_weight: float = 0.15
    seed: int = 1
    window_s: float = 2.4
    closure_weight: float = 0.15


def train_lips(folder: Path, options: LipTraining, device: torch.device) -> LipNet:
    """Train the lip network.

    Args:
        folder: The data set that `dataset.build` made.
        options: How to train.
        device: Where to train.

    Returns:
        The network with its averaged weights, on the CPU.
    """
    generator = options.seeded(device)
    film = Corpus.load(folder, "film")
    sources = [
        (Windows(film.take(splits(film.names)["train"]), device), options.film),
        (Windows(Corpus.load(folder, "voices"), device), options.voices),
    ]
    net = LipNet(options.dropout).to(device).train()

    def loss() -> torch.Tensor:
        parts = [_batch(windows, count, options, generator) for windows, count in sources if count]
        samples, shapes, classes = (torch.cat(p) for p in zip(*parts, strict=True))
        mel = masked(other_sound(samples, generator), generator)
        return _loss(net(mel), shapes, classes, options)

    return optimize(net, loss, options)


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
