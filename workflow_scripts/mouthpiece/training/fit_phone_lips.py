"""Fitting of the linear map from a recognizer's features to the lips, on film, voices and talkers.

A ridge regression: two matrices are added up over the data and solved, so nothing is drawn but the
voices that the clips are changed to, and no GPU helps.
"""

from pathlib import Path

import numpy as np

from ..audio.phone_features import PhoneEncoder
from ..audio.speech import SAMPLE_RATE
from ..audio.whisper_mel import ROW
from ..engines.preview.lip_network import REST, SCALE
from ..engines.preview.phone_lips import WEIGHTS, around
from .dataset import Corpus, splits
from .phones import STEP_RATE
from .publish import write_tensors
from .readings import readings
from .talkers import NAME as TALKERS
from .talkers import has_talkers

SEED = 3

COMPONENTS = 96
"""Principal components of the features that are looked at."""

RIDGE = 0.5
"""Weight of the penalty on coefficients, of features whose variance is 1."""

FILM_READINGS, VOICE_READINGS, TALKER_READINGS = 4, 2, 8
"""How often each clip is heard; the first time as it is."""

VOICE_SHARE, TALKER_SHARE = 0.3, 0.5
"""What the synthetic voices count, of 1, and what talkers count, of 1 together with both."""

Example = tuple[np.ndarray, np.ndarray]
"""What is heard, [R, FEATURES] float16, a row every 20 ms, and what the lips do, [R, 6] float32, in
units of `SCALE` off `REST`."""


def fit_phone_lips(folder: Path, models: Path) -> None:
    """Fit the map and write its weights.

    Args:
        folder: The data set that `dataset.build` made; with the talkers that `talkers.collect`
            added, if it has any.
        models: Where the weights go.

    Raises:
        InputError: The recognizer's weights are missing.
    """
    film, voices = Corpus.load(folder, "film"), Corpus.load(folder, "voices")
    film = film.take(splits(film.names)["train"])
    chance, encoder = np.random.default_rng(SEED), PhoneEncoder()
    talked = has_talkers(folder)
    rest = 1 - TALKER_SHARE if talked else 1.0
    sources = [
        (examples(film, FILM_READINGS, encoder, chance), rest * (1 - VOICE_SHARE)),
        (examples(voices, VOICE_READINGS, encoder, chance), rest * VOICE_SHARE),
    ]
    if talked:
        talkers = Corpus.load(folder, TALKERS)
        sources.append((examples(talkers, TALKER_READINGS, encoder, chance), TALKER_SHARE))
    write_tensors(solve(sources), WEIGHTS, models)


def examples(
    corpus: Corpus, count: int, encoder: PhoneEncoder, chance: np.random.Generator
) -> list[Example]:
    """Hear each clip several times, and look up what its lips do.

    Args:
        corpus: The clips.
        count: How often each is heard.
        encoder: What hears them.
        chance: The source of chance.

    Returns:
        The examples.
    """
    return [
        (one.features, _shapes(corpus.shapes[one.clip], len(one.features), one.speed))
        for one in readings(corpus, count, encoder, chance)
    ]


def _shapes(shapes: np.ndarray, rows: int, speed: float) -> np.ndarray:
    """The clip's controls [S, 7] at 100 rows/s, read at so many rows of 20 ms."""
    steps = np.arange(rows) * (STEP_RATE * ROW / SAMPLE_RATE) * speed
    nearest = np.minimum(np.round(steps).astype(int), len(shapes) - 1)
    return (shapes[nearest, :-1] - np.array(REST[:-1], np.float32)) / np.array(SCALE, np.float32)


def solve(sources: list[tuple[list[Example], float]]) -> dict[str, np.ndarray]:
    """Solve the regression.

    Args:
        sources: Examples, and what they count.

    Returns:
        The tensors that `phone_lips.PhoneLips` loads, float32.
    """
    some = np.concatenate([heard[::5] for group, _ in sources for heard, _ in group])
    some = some.astype(np.float64)
    mean = some.mean(0)
    variance, vectors = np.linalg.eigh(np.cov((some - mean).T))
    largest = np.argsort(variance)[::-1][:COMPONENTS]
    basis = vectors[:, largest] / np.sqrt(np.maximum(variance[largest], 1e-6))
    columns = len(around(basis[:1, :])[0]) + 1
    left, right = RIDGE * np.eye(columns), np.zeros((columns, len(SCALE)))
    left[-1, -1] = 0
    for group, share in sources:
        counts = share / sum(len(heard) for heard, _ in group)
        for heard, shapes in group:
            seen = around((heard - mean) @ basis)
            seen = np.concatenate([seen, np.ones((len(seen), 1))], 1)
            left += counts * (seen.T @ seen)
            right += counts * (seen.T @ shapes)
    found = np.linalg.solve(left, right)
    tensors = {"mean": mean, "basis": basis, "weights": found[:-1], "bias": found[-1]}
    return {name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}
