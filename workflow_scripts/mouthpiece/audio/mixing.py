"""A dub laid over a background, as a stream of samples that can be run through again and again."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from .ducking import Ducking
from .limiter import block_samples


@dataclass(frozen=True)
class Layer:
    """One sound of a mix.

    Attributes:
        file: The sound file, at the mix's sample rate.
        matrix: How loud each of its channels is in each of the mix, [C, M] float64.
        ducking: How far it is lowered over time; None: it is not.
    """

    file: Path
    matrix: np.ndarray
    ducking: Ducking | None = None


@dataclass(frozen=True)
class Mixture:
    """Sounds that are heard together.

    Attributes:
        layers: The sounds.
        rate: Samples/s.
        samples: The length, in samples. Layers are filled with silence, or cut, to it.
    """

    layers: tuple[Layer, ...]
    rate: int
    samples: int

    def blocks(self) -> Iterator[np.ndarray]:
        """Mix from the first sample on.

        Yields:
            The sum of all layers, [N, M] float64; N is `limiter.block_samples` but in the last.
        """
        size = block_samples(self.rate)
        with ExitStack() as opened:
            readers = [
                (layer, opened.enter_context(soundfile.SoundFile(layer.file)), _curve(layer))
                for layer in self.layers
            ]
            for first in range(0, self.samples, size):
                count = min(size, self.samples - first)
                mixed = np.zeros((count, self.layers[0].matrix.shape[1]))
                for layer, reader, curve in readers:
                    heard = reader.read(count, dtype="float64", always_2d=True)
                    if heard.any():
                        placed = heard @ layer.matrix
                        mixed[: len(heard)] += _lowered(placed, curve, first, self.rate)
                yield mixed


Curve = tuple[np.ndarray, np.ndarray]


def _curve(layer: Layer) -> Curve | None:
    return layer.ducking.curve() if layer.ducking and layer.ducking.depth_db else None


def _lowered(samples: np.ndarray, curve: Curve | None, first: int, rate: int) -> np.ndarray:
    """Samples [N, M] with the gain of a curve, the first of them at an index of the mix."""
    if curve is None:
        return samples
    times_s, gains_db = curve
    at_s = (first + np.arange(len(samples))) / rate
    if np.interp(at_s[[0, -1]], times_s, gains_db).any() or _between(at_s, times_s):
        samples = samples * (10 ** (np.interp(at_s, times_s, gains_db) / 20))[:, None]
    return samples


def _between(at_s: np.ndarray, times_s: np.ndarray) -> bool:
    """Whether a curve bends within some time."""
    first, end = np.searchsorted(times_s, at_s[[0, -1]])
    return bool(first != end)
