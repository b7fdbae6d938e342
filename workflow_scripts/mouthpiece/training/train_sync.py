"""Training of the sync scorer on film; voices only teach its sound tower to name phones.

It is never trained on predicted lips: it would learn to prefer them to real ones.
"""

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Generic, TypeVar

import torch
from torch import nn
from torch.nn import functional

from ..audio.logmel import SAMPLE_RATE
from ..faces.mouth import MEASURES
from ..scorers.base import SCORE_RATE
from ..scorers.embedded.scorer import ROWS_PER_FRAME, SAMPLES_PER_FRAME
from ..scorers.lse import MAX_OFFSET_FRAMES
from ..scorers.towers import MEASURE_SCALE
from .augment import chosen, masked, other_sound, uniform
from .batches import Windows
from .dataset import UNKNOWN_CLASS, Corpus, splits
from .networks import SyncNet, Towers, lip_curves
from .optimize import Training, optimize
from .talkers import NAME as TALKERS
from .talkers import has_talkers

Pair = TypeVar("Pair", bound=Towers)

Film = list[tuple[Windows, int]]
"""Corpora, and how many windows of each are in a batch."""

PIECE_S = 4
"""Talkers are divided into pieces of this length; a batch has one window of each at most."""

SPEED = (0.8, 1.25)
"""Least and most factor of a clip's speed."""

FRAMES = (12, 16, 25, 25, 38, 50)
"""Lengths of windows; each batch has one."""

GAIN, MIX, SHIFT, NOISE = 0.3, 0.12, 0.5, 0.12
"""Augmentation of faces: the spread of each measure's gain, of the mix between measures, of each
measure's zero and of the noise in each frame, in standard deviations."""

BLANKED_SHARE = 0.12
"""Share of measures that are held still in a clip."""

BLUR = ((0, 1, 0), (0.1, 0.8, 0.1), (0.25, 0.5, 0.25))
"""Kernels of smoothing over time, as a tracker may do it."""


@dataclass(frozen=True, kw_only=True)
class SyncTraining(Training):
    """How to train the sync scorer; other defaults of the fields of `Training`.

    The windows of film in a batch are compared with each other.

    Attributes:
        talkers: How many of these are of talkers, where the data set has any.
        verdict_weight: Weight of the loss of telling right pairs from wrong ones.
    """

    seed: int = 2
    steps: int = 2200
    rate: float = 1.5e-3
    weight_decay: float = 0.05
    dropout: float = 0.15
    film: int = 64
    talkers: int = 16
    voices: int = 16
    verdict_weight: float = 0.5
    class_weight: float = 0.2


def train_sync(folder: Path, options: SyncTraining, device: torch.device) -> SyncNet:
    """See `train_lips`: the same for the sync scorer."""
    generator = options.seeded(device)
    corpus = Corpus.load(folder, "film")
    man = Windows(corpus.take(splits(corpus.names)["train"]), device)
    film = [(man, options.film)]
    if options.talkers and has_talkers(folder):
        talkers = Windows(Corpus.load(folder, TALKERS).pieces(PIECE_S), device)
        count = min(options.talkers, talkers.count)
        film = [(man, options.film - count), (talkers, count)]
    voices = Windows(Corpus.load(folder, "voices"), device)
    net = Pairing(SyncNet(options.dropout)).to(device).train()

    def loss() -> torch.Tensor:
        frames = FRAMES[int(torch.randint(len(FRAMES), (1,)))]
        of_film = _film_loss(net, film, frames, options, generator)
        return of_film + options.class_weight * _voice_loss(net.towers, voices, options, generator)

    return optimize(net, loss, options).towers


class Pairing(nn.Module, Generic[Pair]):
    """The towers, and how their distances become probabilities in training.

    Args:
        towers: The network that is trained.
    """

    def __init__(self, towers: Pair) -> None:
        super().__init__()
        self.towers = towers
        self.sharpness = nn.Parameter(torch.tensor(3.0))
        self.slope = nn.Parameter(torch.tensor(2.0))
        self.threshold = nn.Parameter(torch.tensor(0.2))

    def loss(self, curves: torch.Tensor, late: torch.Tensor, verdict_weight: float) -> torch.Tensor:
        """Compute the loss of finding each clip's sound and offset, and of knowing them from wrong.

        Args:
            curves: What `offset_curves` gives, [B, B, 31] float32.
            late: How much later each clip's sound starts than its lips, in frames, [B] int64.
            verdict_weight: What telling right pairs from wrong ones counts.

        Returns:
            [] float32.
        """
        count, device = len(curves), curves.device
        found = _choice_loss(-curves * torch.exp(self.sharpness), late)
        confidence = curves.median(2).values - curves.amin(2)
        verdict = functional.binary_cross_entropy_with_logits(
            torch.exp(self.slope) * (confidence - self.threshold),
            torch.eye(count, device=device),
            torch.eye(count, device=device) * (count - 1) / 2 + 0.5,
        )
        return found + verdict_weight * verdict


def offset_curves(lips: torch.Tensor, sound: torch.Tensor) -> torch.Tensor:
    """Compare every clip's lips with every clip's sound at each offset, as `lse.curve` does.

    Args:
        lips: Embeddings of unit length, [B, T, D] float32.
        sound: Embeddings of unit length, [B, T, D] float32.

    Returns:
        Mean distances, [B, B, 31] float32. Index k is SyncNet's: sound k - 15 frames later than
        the lips' frame.
    """
    frames = lips.shape[1]
    cosine = torch.einsum("itd,jsd->ijts", lips, sound)
    pairs = (2 - 2 * cosine).clamp(min=1e-4).sqrt()
    frame = torch.arange(frames, device=lips.device)
    heard = frame[:, None] + torch.arange(
        -MAX_OFFSET_FRAMES, MAX_OFFSET_FRAMES + 1, device=lips.device
    )
    inside = (heard >= 0) & (heard < frames)
    index = heard.clamp(0, frames - 1).expand(*pairs.shape[:2], -1, -1)
    table = pairs.gather(3, index)
    fallback = (table * inside).sum(3, keepdim=True) / inside.sum(1)[:, None]
    return torch.where(inside, table, fallback).mean(2)


@dataclass(frozen=True)
class _Batch:
    """Windows of film: mouth measures [B, T, len(MEASURES)], samples [B, N], phone classes
    [B, 2 T], and how much later the sound starts than the lips, in frames, [B].
    """

    seen: torch.Tensor
    samples: torch.Tensor
    classes: torch.Tensor
    late: torch.Tensor


def _film_loss(
    net: Pairing[SyncNet],
    film: Film,
    frames: int,
    options: SyncTraining,
    generator: torch.Generator,
) -> torch.Tensor:
    """The loss of finding each clip's sound and offset among those of the batch."""
    parts = [_drawn(windows, count, frames, generator) for windows, count in film]
    seen, samples, classes, late = (
        torch.cat([getattr(part, field.name) for part in parts]) for field in fields(_Batch)
    )
    mel = masked(other_sound(samples, generator), generator)[:, : frames * ROWS_PER_FRAME]
    sound, logits = net.towers.sound(mel)
    lips = net.towers.lips(lip_curves(other_faces(seen, generator)))
    curves = offset_curves(lips, sound)
    paired = net.loss(curves, late, options.verdict_weight)
    return paired + options.class_weight * _class_loss(logits, classes)


def _drawn(film: Windows, count: int, frames: int, generator: torch.Generator) -> _Batch:
    """Draw windows of a corpus, at any speed, most with their sound moved."""
    device = film.device
    speed = 2 ** uniform(math.log2(SPEED[0]), math.log2(SPEED[1]), count, generator)
    reach = min(MAX_OFFSET_FRAMES - 3, frames // 2)
    late = torch.randint(-reach, reach + 1, (count,), generator=generator, device=device)
    late = late * chosen(0.7, count, generator)
    span = (frames + late.abs()) / SCORE_RATE * speed
    clips, start = film.pick(count, span, generator)
    lips_start = start + (-late).clamp(min=0) / SCORE_RATE * speed
    sound_start = start + late.clamp(min=0) / SCORE_RATE * speed

    def times(first: torch.Tensor, steps: int, rate: int, shift: float = 0) -> torch.Tensor:
        ticks = (torch.arange(steps, device=device, dtype=torch.float64) + shift) / rate
        return first[:, None].double() + ticks * speed[:, None].double()

    return _Batch(
        film.measures(clips, times(lips_start, frames, SCORE_RATE, 0.5)),
        film.sound(clips, times(sound_start, frames * SAMPLES_PER_FRAME, SAMPLE_RATE)),
        film.classes(clips, times(sound_start, 2 * frames, 2 * SCORE_RATE)),
        late,
    )


def _choice_loss(scores: torch.Tensor, late: torch.Tensor) -> torch.Tensor:
    """Cross entropy of scores [B, B, 31] over sounds and offsets; one frame off is no error."""
    count = len(scores)
    row = torch.arange(count, device=scores.device)
    # The sound starts `late` frames after the lips: what lips show at t is heard at t - late.
    right = MAX_OFFSET_FRAMES - late
    own = torch.full_like(scores, 0.0)
    for aside in (-1, 1):
        own[row, row, (right + aside).clamp(0, 2 * MAX_OFFSET_FRAMES)] = -math.inf
    own[row, row, right] = 0
    flat = (scores + own).flatten(1)
    target = row * scores.shape[2] + right
    within = functional.cross_entropy((scores + own)[row, row], right)
    return functional.cross_entropy(flat, target) + within


def _voice_loss(
    towers: SyncNet, voices: Windows, options: SyncTraining, generator: torch.Generator
) -> torch.Tensor:
    """The loss of naming the phones of synthetic voices."""
    frames = 50
    clips, start = voices.pick(
        options.voices, torch.full((options.voices,), 2.0, device=voices.device), generator
    )

    def times(steps: int, rate: int) -> torch.Tensor:
        ticks = torch.arange(steps, device=voices.device, dtype=torch.float64) / rate
        return start[:, None].double() + ticks

    samples = voices.sound(clips, times(frames * SAMPLES_PER_FRAME, SAMPLE_RATE))
    mel = masked(other_sound(samples, generator), generator)[:, : frames * ROWS_PER_FRAME]
    return _class_loss(
        towers.sound(mel)[1], voices.classes(clips, times(2 * frames, 2 * SCORE_RATE))
    )


def _class_loss(logits: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    if bool((classes == UNKNOWN_CLASS).all()):
        return logits.sum() * 0
    return functional.cross_entropy(
        logits.flatten(0, 1), classes.flatten(), ignore_index=UNKNOWN_CLASS, label_smoothing=0.05
    )


def other_faces(seen: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Change mouth measures as if of other faces, seen by other trackers.

    Args:
        seen: Mouth measures, [B, T, len(MEASURES)] float32.
        generator: The source of chance.

    Returns:
        The same shape.
    """
    count, frames, size = seen.shape
    device = seen.device
    scale = torch.tensor(MEASURE_SCALE, device=device)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, device=device)

    middle = seen.mean(1, keepdim=True)
    moving = (seen - middle) / scale
    gains = torch.exp(GAIN * normal(count, 1, 1)) * torch.exp(GAIN * normal(count, 1, size))
    leaks = torch.eye(size, device=device) + MIX * normal(count, size, size)
    moving = (moving @ leaks) * gains
    kernels = torch.tensor(BLUR, device=device)
    kernel = kernels[torch.randint(len(BLUR), (count,), generator=generator, device=device)]
    padded = functional.pad(moving.transpose(1, 2), (1, 1), mode="replicate").transpose(1, 2)
    parts = [kernel[:, i, None, None] * padded[:, i : i + frames] for i in range(3)]
    moving = torch.stack(parts).sum(0)
    moving = moving + NOISE * 2 * uniform(0, 1, count, generator)[:, None, None] * normal(
        count, frames, size
    )
    moving = moving * ~chosen(BLANKED_SHARE, count * size, generator).view(count, 1, size)
    shift = SHIFT * normal(count, 1, size)
    return middle + (moving + shift) * scale


assert len(MEASURE_SCALE) == len(MEASURES)
