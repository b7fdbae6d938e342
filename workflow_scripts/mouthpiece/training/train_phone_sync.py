"""Training of the towers that hear by a recognizer's encoder, on film; see `train_sync`.

The encoder is not trained. It hears each clip several times, as other voices in other places; what
it makes of them is then changed a little in each batch.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..audio.phone_features import PhoneEncoder
from ..scorers.lse import MAX_OFFSET_FRAMES
from ..scorers.phone_sync import ROWS_PER_FRAME
from ..weights import embedded
from .dataset import Corpus, splits
from .networks import PhoneSyncNet, lip_curves
from .optimize import Training, optimize
from .readings import Reading, readings
from .train_sync import FRAMES, Pairing, offset_curves, other_faces

PHONE_LIPS = "phone_lips.safetensors"
"""Whose principal components of features are heard."""

READINGS = 6
"""How often each clip is heard; the first time as it is."""

LATE_SHARE = 0.7
"""Share of windows whose sound starts earlier or later than their lips."""

GAIN, NOISE, SHIFT, BLANKED_SHARE = 0.15, 0.6, 0.2, 0.1
"""What is changed in a batch: the spread of each component's gain, the noise in each row, the
spread of its zero, in standard deviations; and the share of components that are held at 0."""


@dataclass(frozen=True, kw_only=True)
class PhoneSyncTraining(Training):
    """How to train the towers; other defaults of the fields of `Training`.

    Attributes:
        verdict_weight: Weight of the loss of telling right pairs from wrong ones.
    """

    seed: int = 1
    steps: int = 2200
    rate: float = 1.5e-3
    weight_decay: float = 0.2
    dropout: float = 0.3
    film: int = 64
    voices: int = 0
    class_weight: float = 0.0
    verdict_weight: float = 0.5


def train_phone_sync(
    folder: Path, options: PhoneSyncTraining, device: torch.device, encoder: PhoneEncoder
) -> dict[str, np.ndarray]:
    """Train the towers.

    Args:
        folder: The data set that `dataset.build` made.
        options: How to train.
        device: Where to train.
        encoder: What hears the clips.

    Returns:
        The tensors that `scorers.phone_sync` loads, float32.
    """
    generator, chance = options.seeded(device), np.random.default_rng(options.seed)
    film = Corpus.load(folder, "film")
    film = film.take(splits(film.names)["train"])
    tensors = embedded.load(PHONE_LIPS)
    components = {key: tensors[key] for key in ("mean", "basis")}
    heard = [
        Reading((one.features - components["mean"]) @ components["basis"], one.clip, one.speed)
        for one in readings(film, READINGS, encoder, chance)
    ]
    net = Pairing(PhoneSyncNet(options.dropout)).to(device).train()

    def loss() -> torch.Tensor:
        frames = int(chance.choice(FRAMES))
        sound, seen, late = (
            part.to(device) for part in batch(film, heard, frames, options, chance)
        )
        lips = net.towers.lips(lip_curves(other_faces(seen, generator)))
        curves = offset_curves(lips, net.towers.sound(_otherwise(sound, generator)))
        return net.loss(curves, late, options.verdict_weight)

    towers = optimize(net, loss, options).towers
    return components | {key: value.numpy() for key, value in towers.state_dict().items()}


def batch(
    film: Corpus,
    heard: list[Reading],
    frames: int,
    options: PhoneSyncTraining,
    chance: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Draw windows of as many clips.

    Args:
        film: The clips.
        heard: Their readings; `features` are components.
        frames: T, the length of each window.
        options: How many windows; at most one of a clip.
        chance: The source of chance.

    Returns:
        Components [B, 2 T, C] float32, mouth measures [B, T, len(MEASURES)] float32, and how much
        later the sound starts than the lips, in frames, [B] int64.

    Raises:
        ValueError: If the corpus has no film.
    """
    if film.measures is None:
        raise ValueError("voices have no film")
    of_clip: dict[int, list[Reading]] = {}
    for one in heard:
        of_clip.setdefault(one.clip, []).append(one)
    clips = chance.choice(sorted(of_clip), min(options.film, len(of_clip)), replace=False)
    windows = []
    for clip in clips:
        one = of_clip[clip][int(chance.integers(len(of_clip[clip])))]
        windows.append(_window(one, film.measures[clip], frames, chance))
    sound, seen, late = zip(*windows, strict=True)
    return (
        torch.from_numpy(np.stack(sound)),
        torch.from_numpy(np.stack(seen)),
        torch.tensor(late),
    )


def _window(
    one: Reading, measures: np.ndarray, frames: int, chance: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, int]:
    """Components, measures and how much later the sound starts, in frames. A clip that is too short
    is held at its end.
    """
    reach = min(MAX_OFFSET_FRAMES - 3, frames // 2)
    late = int(chance.integers(-reach, reach + 1)) if chance.random() < LATE_SHARE else 0
    room = len(one.features) // ROWS_PER_FRAME - frames - abs(late)
    first = int(chance.integers(0, max(0, room) + 1))
    rows = ROWS_PER_FRAME * (first + max(late, 0)) + np.arange(ROWS_PER_FRAME * frames)
    sound = one.features[np.minimum(rows, len(one.features) - 1)]
    at = (first + max(-late, 0) + np.arange(frames) + 0.5) * one.speed - 0.5
    at = np.clip(at, 0, len(measures) - 1)
    before = np.minimum(at.astype(int), len(measures) - 2)
    share = (at - before)[:, None]
    seen = measures[before] * (1 - share) + measures[before + 1] * share
    return sound.astype(np.float32), seen.astype(np.float32), late


def _otherwise(sound: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Components as they may be of another voice or recording."""
    count, _, size = sound.shape

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, device=sound.device)

    sound = sound * torch.exp(GAIN * normal(count, 1, size)) + NOISE * normal(*sound.shape)
    sound = sound + SHIFT * normal(count, 1, size)
    kept = torch.rand(count, 1, size, generator=generator, device=sound.device) >= BLANKED_SHARE
    return sound * kept
