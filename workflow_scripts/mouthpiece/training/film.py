"""Clips that the embedded networks are measured on."""

from dataclasses import dataclass

import numpy as np

from .dataset import Corpus
from .targets import film_controls


@dataclass(frozen=True)
class Film:
    """A clip of T frames at 25 frames/s, and what is true of it.

    Attributes:
        name: SPEAKER/SENTENCE.
        samples: 16 kHz mono, [N] float32 in [-1, 1).
        measures: Mouth measures, [T, len(MEASURES)] float32.
        shapes: Aperture and width of the mouth, in widths at rest, [T, 2] float32.
        classes: Phone classes, 100 rows/s, [S] int8; -1 where the clip could not be aligned.
    """

    name: str
    samples: np.ndarray
    measures: np.ndarray
    shapes: np.ndarray
    classes: np.ndarray


def films_of(corpus: Corpus) -> list[Film]:
    """Read the clips of a corpus that has film.

    Args:
        corpus: Clips with mouth measures.

    Returns:
        The clips.

    Raises:
        ValueError: If the corpus has no mouth measures.
    """
    if corpus.measures is None:
        raise ValueError("these clips have no film")
    return [
        Film(name, sound / np.float32(32768), seen, film_controls(seen)[:, :2], classes)
        for name, sound, seen, classes in zip(
            corpus.names, corpus.samples, corpus.measures, corpus.classes, strict=True
        )
    ]
