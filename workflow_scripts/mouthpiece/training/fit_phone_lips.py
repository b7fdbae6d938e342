"""Fitting of the linear map from a recognizer's features to the lips, on film and voices.

A ridge regression: two matrices are added up over the data and solved, so nothing is drawn but the
voices that the clips are changed to, and no GPU helps.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..audio.phone_features import PhoneEncoder
from ..audio.speech import SAMPLE_RATE
from ..audio.whisper_mel import ROW
from ..engines.preview.lip_network import REST, SCALE
from ..engines.preview.phone_lips import WEIGHTS, around
from .augment import in_room, shift_pitch
from .dataset import Corpus, splits
from .phones import STEP_RATE
from .publish import write_tensors

log = logging.getLogger(__name__)

SEED = 3

COMPONENTS = 96
"""Principal components of the features that are looked at."""

RIDGE = 1.0
"""Weight of the penalty on coefficients, of features whose variance is 1."""

FILM_READINGS, VOICE_READINGS = 4, 2
"""How often each clip is heard; the first time as it is."""

VOICE_SHARE = 0.3
"""What the synthetic voices count, of 1."""

MOST_JOINED = 3
"""So many clips are heard in one piece at most: the encoder knows how far it has listened."""

PITCHED, ROOMS, NOISES = 0.7, 0.4, 0.6
"""Shares of readings in another pitch, in a room and with noise."""

PITCH, SPEED = (0.8, 1.6), (0.8, 1.25)
NOISE_DB, LEVEL_DB = (5.0, 40.0), (-20.0, 3.0)


@dataclass(frozen=True)
class Reading:
    """A clip, heard.

    Attributes:
        features: [R, FEATURES] float16, a row every 20 ms.
        shapes: What the lips do, [R, 6] float32, in units of `SCALE` off `REST`.
    """

    features: np.ndarray
    shapes: np.ndarray


def fit_phone_lips(folder: Path, models: Path) -> None:
    """Fit the map and write its weights.

    Args:
        folder: The data set that `dataset.build` made.
        models: Where the weights go.

    Raises:
        InputError: The recognizer's weights are missing.
    """
    film, voices = Corpus.load(folder, "film"), Corpus.load(folder, "voices")
    film = film.take(splits(film.names)["train"])
    chance, encoder = np.random.default_rng(SEED), PhoneEncoder()
    sources = [
        (list(readings(film, FILM_READINGS, encoder, chance)), 1 - VOICE_SHARE),
        (list(readings(voices, VOICE_READINGS, encoder, chance)), VOICE_SHARE),
    ]
    write_tensors(solve(sources), WEIGHTS, models)


def readings(
    corpus: Corpus, count: int, encoder: PhoneEncoder, chance: np.random.Generator
) -> Iterator[Reading]:
    """Hear each clip several times, but for the first time as another voice in another place.

    Args:
        corpus: The clips.
        count: How often each is heard.
        encoder: What hears them.
        chance: The source of chance.

    Yields:
        The readings, clip by clip in an order of chance.
    """
    for number in range(count):
        order = list(chance.permutation(len(corpus)))
        log.info("hearing %d clips, %d of %d", len(order), number + 1, count)
        while order:
            joined = [
                order.pop()
                for _ in range(min(int(chance.integers(1, MOST_JOINED + 1)), len(order)))
            ]
            heard = [_voiced(corpus.samples[clip], number > 0, chance) for clip in joined]
            quiet = np.zeros(int(chance.integers(0, 50)) * ROW, np.float32)
            rows = encoder.rows(np.concatenate([quiet, *(sound for sound, _ in heard)]))
            at = len(quiet) // ROW
            for clip, (sound, speed) in zip(joined, heard, strict=True):
                length = len(sound) // ROW
                features = rows[at : at + length].astype(np.float16)
                yield Reading(features, _shapes(corpus.shapes[clip], length, speed))
                at += length


def _shapes(shapes: np.ndarray, rows: int, speed: float) -> np.ndarray:
    """The clip's controls [S, 7] at 100 rows/s, read at so many rows of 20 ms."""
    steps = np.arange(rows) * (STEP_RATE * ROW / SAMPLE_RATE) * speed
    nearest = np.minimum(np.round(steps).astype(int), len(shapes) - 1)
    return (shapes[nearest, :-1] - np.array(REST[:-1], np.float32)) / np.array(SCALE, np.float32)


def _voiced(
    samples: np.ndarray, changed: bool, chance: np.random.Generator
) -> tuple[np.ndarray, float]:
    """A whole number of rows of a clip's sound, and how much faster it is than the clip."""
    sound, speed = samples.astype(np.float32) / 32768, 1.0
    if changed:
        speed = float(2 ** chance.uniform(*np.log2(SPEED)))
        sound = _noised(_resounded(sound, chance), speed, chance)
    return sound[: len(sound) // ROW * ROW], speed


def _resounded(sound: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    batch = torch.from_numpy(sound)[None]
    if chance.random() < PITCHED:
        batch = shift_pitch(batch, float(2 ** chance.uniform(*np.log2(PITCH))))
    if chance.random() < ROOMS:
        batch = in_room(batch, torch.Generator().manual_seed(int(chance.integers(2**31))))
    return np.asarray(batch[0])


def _noised(sound: np.ndarray, speed: float, chance: np.random.Generator) -> np.ndarray:
    places = np.arange(int(len(sound) / speed)) * speed
    sound = np.interp(places, np.arange(len(sound)), sound)
    if chance.random() < NOISES:
        noise = np.convolve(chance.normal(size=len(sound)), [1, 0.9, 0.8, 0.5], "same")
        level = np.sqrt(np.mean(sound**2) / np.mean(noise**2))
        sound = sound + noise * level * 10 ** (-chance.uniform(*NOISE_DB) / 20)
    loud = max(float(np.abs(sound).max()), 1e-3)
    return (sound / loud * 10 ** (chance.uniform(*LEVEL_DB) / 20)).astype(np.float32)


def solve(sources: list[tuple[list[Reading], float]]) -> dict[str, np.ndarray]:
    """Solve the regression.

    Args:
        sources: Readings, and what they count.

    Returns:
        The tensors that `phone_lips.PhoneLips` loads, float32.
    """
    some = np.concatenate([r.features[::5] for group, _ in sources for r in group])
    some = some.astype(np.float64)
    mean = some.mean(0)
    variance, vectors = np.linalg.eigh(np.cov((some - mean).T))
    largest = np.argsort(variance)[::-1][:COMPONENTS]
    basis = vectors[:, largest] / np.sqrt(np.maximum(variance[largest], 1e-6))
    columns = len(around(basis[:1, :])[0]) + 1
    left, right = RIDGE * np.eye(columns), np.zeros((columns, len(SCALE)))
    left[-1, -1] = 0
    for group, share in sources:
        counts = share / sum(len(reading.features) for reading in group)
        for reading in group:
            seen = around((reading.features - mean) @ basis)
            seen = np.concatenate([seen, np.ones((len(seen), 1))], 1)
            left += counts * (seen.T @ seen)
            right += counts * (seen.T @ reading.shapes)
    found = np.linalg.solve(left, right)
    tensors = {"mean": mean, "basis": basis, "weights": found[:-1], "bias": found[-1]}
    return {name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}
