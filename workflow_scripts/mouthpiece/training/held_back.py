"""Clips that networks are measured on, known again by their sound: none may be trained on.

Corpora are copied from folder to folder, under other names.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy.signal import correlate, resample_poly

from ..audio.logmel import SAMPLE_RATE
from .dataset import Corpus, splits

LOOKED_AT_RATE = 4000
"""Samples/s at which sounds are compared."""

ALIKE = 0.6
"""The correlation, at the best offset, from which two sounds are of one recording: of GRID's clips
two others have at most .45, a clip and a copy of it .99."""


def held_back(folder: Path) -> list[np.ndarray]:
    """Read the sounds that networks are measured on.

    Args:
        folder: A data set; see `dataset.build`.

    Returns:
        [N] int16 each, 16 kHz; none where it has no film.
    """
    if not (folder / "film.npz").exists():
        return []
    film = Corpus.load(folder, "film")
    parts = splits(film.names)
    return [film.samples[i] for part in ("test", "validation", "other") for i in parts[part]]


def is_among(sound: np.ndarray, others: Iterable[np.ndarray]) -> bool:
    """Tell whether a sound is one of others, or has one in it, or is a part of one.

    Args:
        sound: 16 kHz, [N] int16 or float.
        others: The same.

    Returns:
        Whether one of them is of the same recording.
    """
    own = _coarse(sound)
    return any(_alike(own, _coarse(other)) for other in others)


def _coarse(sound: np.ndarray) -> np.ndarray:
    return np.asarray(resample_poly(sound.astype(np.float64), LOOKED_AT_RATE, SAMPLE_RATE))


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    longer, shorter = sorted((one, other), key=len, reverse=True)
    found = correlate(longer, shorter, "full", "fft")
    powers = correlate(longer**2, np.ones(len(shorter)), "full", "fft")
    level = np.sqrt(np.maximum(powers, 0) * np.sum(shorter**2))
    whole = level > 0.5 * level.max(initial=0)
    return bool(np.any(found[whole] >= ALIKE * level[whole])) if level.any() else False
