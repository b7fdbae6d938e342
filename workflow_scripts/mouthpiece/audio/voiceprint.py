"""The voice of a speaker as a vector: the GE2E encoder (Wan et al. 2018, arXiv 1710.10467).

The network, its weights and its 40 mel bands are those that Resemblyzer publishes: windows of
1.6 s, three LSTM layers, a vector of 256 numbers, none negative. Vectors of one speaker point the
same way.

It runs in NumPy: PyTorch takes longer to import than the voices of a short film to embed.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ..weights.find import verified_weight_path
from ..weights.load import load_arrays
from .mel_bank import mel_bank
from .speech import SAMPLE_RATE

WEIGHTS = "resemblyzer/pretrained.pt"

WEIGHT_USER = "speakers"
"""The word of `needed_by` in weights.tsv."""

BANDS, SIZE, LAYERS = 40, 256, 3

AT_ONCE = 64
"""Windows that the network hears at once, of several pieces of speech: a quarter of them takes
nearly twice as long for each."""

FFT, HOP = 400, 160
"""Samples of a window of the spectrum, 25 ms, and from one to the next, 10 ms."""

COLUMNS, STEP = 160, 77
"""Columns of sound that the network hears, 1.6 s, and from one window to the next."""

COVERED = 0.75
"""The last window counts if this share of it is sound."""

LEVEL_DB = -30.0
"""Fainter sound is amplified to this level, in dB of full scale."""


@dataclass(frozen=True)
class LongShortTerm:
    """An LSTM layer (Hochreiter and Schmidhuber 1997), its gates in PyTorch's order.

    Attributes:
        given: The weights of what is given, [I, 4 H] float32.
        held: The weights of what is held, [H, 4 H] float32.
        bias: [4 H] float32.
    """

    given: np.ndarray
    held: np.ndarray
    bias: np.ndarray

    @classmethod
    def of(cls, tensors: Mapping[str, np.ndarray], number: int) -> "LongShortTerm":
        """Take a layer's weights.

        Args:
            tensors: The network's.
            number: The layer's number, from 0.

        Returns:
            The layer.
        """
        given, held, one, other = (
            tensors[f"lstm.{kind}_l{number}"]
            for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        return cls(given.T, np.ascontiguousarray(held.T), one + other)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Walk through sequences.

        Args:
            x: [T, B, I] float32.

        Returns:
            What is held after each step, [T, B, H] float32.
        """
        size = len(self.held)
        pushed = x @ self.given + self.bias
        held = cell = np.zeros((x.shape[1], size), np.float32)
        found = np.empty((*x.shape[:2], size), np.float32)
        for step, push in enumerate(pushed):
            gates = push + held @ self.held
            entry, kept, shown = (
                0.5 + 0.5 * np.tanh(0.5 * gates[:, first * size : (first + 1) * size])
                for first in (0, 1, 3)
            )
            cell = kept * cell + entry * np.tanh(gates[:, 2 * size : 3 * size])
            held = found[step] = shown * np.tanh(cell)
        return found


class Voiceprints:
    """Embeds voices.

    Raises:
        InputError: The weights are missing.
        Fault: They are not the published ones.
    """

    def __init__(self) -> None:
        tensors = load_arrays(verified_weight_path(WEIGHTS))
        self._layers = [LongShortTerm.of(tensors, number) for number in range(LAYERS)]
        self._weight, self._bias = tensors["linear.weight"].T, tensors["linear.bias"]

    def of(self, sounds: Iterable[np.ndarray]) -> np.ndarray:
        """Embed pieces of speech, each of one person.

        Args:
            sounds: N pieces, 16 kHz mono, [M] float32 each.

        Returns:
            A vector of length 1 for each, the mean of those of its windows, [N, SIZE] float32.
        """
        found: list[np.ndarray] = []
        pieces: list[np.ndarray] = []
        for sound in sounds:
            pieces.append(_windows(_amplified(sound)))
            if sum(map(len, pieces)) >= AT_ONCE:
                found += self._means(pieces)
                pieces = []
        return np.stack(found + self._means(pieces))

    def _means(self, pieces: list[np.ndarray]) -> list[np.ndarray]:
        """The vector of each piece, of its windows [B, COLUMNS, BANDS]."""
        if not pieces:
            return []
        hidden = np.concatenate(pieces).transpose(1, 0, 2)
        for layer in self._layers:
            hidden = layer(hidden)
        vectors = _of_length_one(np.maximum(hidden[-1] @ self._weight + self._bias, 0))
        ends = np.cumsum([len(windows) for windows in pieces])
        means = [part.mean(axis=0) for part in np.split(vectors, ends[:-1])]
        return list(_of_length_one(np.stack(means)))


def _of_length_one(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


def _amplified(samples: np.ndarray) -> np.ndarray:
    power = float(np.mean(np.square(samples))) if len(samples) else 0.0
    gain_db = LEVEL_DB - 10 * np.log10(power) if power > 0 else 0.0
    return samples * np.float32(10 ** (max(0.0, gain_db) / 20))


def _windows(samples: np.ndarray) -> np.ndarray:
    """Windows of sound, [B, COLUMNS, BANDS]; the last one is filled with silence."""
    frames = -(-(len(samples) + 1) // HOP)
    starts = list(range(0, max(1, frames - COLUMNS + STEP + 1), STEP))
    covered = (len(samples) / HOP - starts[-1]) / COLUMNS
    if covered < COVERED and len(starts) > 1:
        starts.pop()
    padded = np.pad(samples, (0, max(0, (starts[-1] + COLUMNS) * HOP - len(samples))))
    mel = _mel(padded.astype(np.float32))
    return np.stack([mel[start : start + COLUMNS] for start in starts])


def _mel(samples: np.ndarray) -> np.ndarray:
    """Mel power, not its logarithm, [T, BANDS] float32."""
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT)).astype(np.float32)
    framed = np.lib.stride_tricks.sliding_window_view(np.pad(samples, FFT // 2), FFT)[::HOP]
    spectrum = np.fft.rfft(framed * window)
    return np.asarray((np.square(spectrum.real) + np.square(spectrum.imag)) @ _bank().T)


@functools.cache
def _bank() -> np.ndarray:
    return mel_bank(BANDS, FFT, SAMPLE_RATE, 0.0, SAMPLE_RATE / 2)
