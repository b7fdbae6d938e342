"""By how much one sound lies beside another, measured where they are heard."""

from dataclasses import dataclass

import numpy as np

LIKE = 0.5
"""The correlation from which on two sounds are the same sound; a codec keeps more than 0.9."""

ALIKE = 0.05
"""How much less a correlation may be and still count as the same: of a steady tone, every period
fits, and the one nearest to no offset is taken."""


@dataclass(frozen=True)
class Offset:
    """By how much a sound lies beside another.

    Attributes:
        samples: How much later it is, in samples.
        correlation: How much it is the same sound there, up to 1.
        level_db: How much louder it is, in dB.
    """

    samples: int
    correlation: float
    level_db: float


def find_offset(wanted: np.ndarray, heard: np.ndarray, start: int) -> Offset:
    """Find a part of a sound in another.

    Args:
        wanted: The part, [N] float64, not silent.
        heard: Where it is sought, [M] float64, M >= N.
        start: The index in `heard` at which it should begin.

    Returns:
        Where it fits best; among places that fit alike, the one nearest to `start`.
    """
    wanted, heard = wanted - wanted.mean(), heard - heard.mean()
    products = _products(heard, wanted)
    sums = np.cumsum(np.concatenate([[0.0], np.square(heard)]))
    powers = np.maximum(sums[len(wanted) :] - sums[: -len(wanted)], 0)
    own = float(np.square(wanted).sum())
    # A place that is much quieter than the part is not where it is, whatever its shape.
    likeness = products / np.sqrt(own * np.maximum(powers, 1e-4 * own))
    fitting = np.flatnonzero(likeness >= likeness.max() - ALIKE)
    best = int(fitting[np.argmin(np.abs(fitting - start))])
    level_db = 10 * float(np.log10(max(powers[best], 1e-12) / own))
    return Offset(best - start, float(likeness[best]), level_db)


def _products(heard: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The product of `wanted` with `heard` at each place where it fits in, [M - N + 1]."""
    size = 1 << (len(heard) - 1).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size))
    return np.fft.irfft(spectrum, size)[: len(heard) - len(wanted) + 1]
