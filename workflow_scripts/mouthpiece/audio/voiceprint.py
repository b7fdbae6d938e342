"""The voice of a speaker as a vector: the GE2E encoder (Wan et al. 2018, arXiv 1710.10467).

The network, its weights and its 40 mel bands are those that Resemblyzer publishes: windows of
1.6 s, three LSTM layers, a vector of 256 numbers, none negative. Vectors of one speaker point the
same way.
"""

import functools

import numpy as np
import torch

from ..weights.find import verified_weight_path
from ..weights.load import fill, load_tensors
from .speech import SAMPLE_RATE

WEIGHTS = "resemblyzer/pretrained.pt"

WEIGHT_USER = "speakers"
"""The word of `needed_by` in weights.tsv."""

BANDS, HIDDEN, SIZE, LAYERS = 40, 256, 256, 3

FFT, HOP = 400, 160
"""Samples of a window of the spectrum, 25 ms, and from one to the next, 10 ms."""

COLUMNS, STEP = 160, 77
"""Columns of sound that the network hears, 1.6 s, and from one window to the next."""

COVERED = 0.75
"""The last window counts if this share of it is sound."""

LEVEL_DB = -30.0
"""Fainter sound is amplified to this level, in dB of full scale."""

UNUSED = ("similarity_weight", "similarity_bias")
"""Tensors of the file that only training needs."""


class Encoder(torch.nn.Module):
    """The network."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(BANDS, HIDDEN, LAYERS, batch_first=True)
        self.linear = torch.nn.Linear(HIDDEN, SIZE)

    def forward(self, mels: torch.Tensor) -> torch.Tensor:
        """Embed windows of sound.

        Args:
            mels: Mel power, [B, COLUMNS, BANDS] float32.

        Returns:
            Vectors of length 1, [B, SIZE] float32.
        """
        hidden = self.lstm(mels)[1][0][-1]
        return torch.nn.functional.normalize(torch.relu(self.linear(hidden)), dim=1)


class Voiceprints:
    """Embeds voices.

    Raises:
        InputError: The weights are missing.
        Fault: They are not the published ones.
    """

    def __init__(self) -> None:
        tensors = load_tensors(verified_weight_path(WEIGHTS), torch.float32)
        with torch.device("meta"):
            self._encoder = Encoder()
        fill(self._encoder, {key: tensors[key] for key in tensors if key not in UNUSED})

    def of(self, samples: np.ndarray) -> np.ndarray:
        """Embed speech of one person.

        Args:
            samples: 16 kHz mono, [N] float32.

        Returns:
            A vector of length 1, [SIZE] float32: the mean of those of its windows.
        """
        with torch.inference_mode():
            vectors = self._encoder(_windows(_amplified(samples))).numpy()
        mean = vectors.mean(axis=0)
        return np.asarray(mean / max(1e-9, float(np.linalg.norm(mean))))


def _amplified(samples: np.ndarray) -> np.ndarray:
    power = float(np.mean(np.square(samples))) if len(samples) else 0.0
    gain_db = LEVEL_DB - 10 * np.log10(power) if power > 0 else 0.0
    return samples * np.float32(10 ** (max(0.0, gain_db) / 20))


def _windows(samples: np.ndarray) -> torch.Tensor:
    """Windows of sound, [B, COLUMNS, BANDS]; the last one is filled with silence."""
    frames = -(-(len(samples) + 1) // HOP)
    starts = list(range(0, max(1, frames - COLUMNS + STEP + 1), STEP))
    covered = (len(samples) / HOP - starts[-1]) / COLUMNS
    if covered < COVERED and len(starts) > 1:
        starts.pop()
    padded = np.pad(samples, (0, max(0, (starts[-1] + COLUMNS) * HOP - len(samples))))
    mel = _mel(torch.from_numpy(np.ascontiguousarray(padded, np.float32)))
    return torch.stack([mel[start : start + COLUMNS] for start in starts])


def _mel(samples: torch.Tensor) -> torch.Tensor:
    """Mel power, not its logarithm, [T, BANDS]."""
    spectrum = torch.stft(
        samples, FFT, HOP, FFT, torch.hann_window(FFT), pad_mode="constant", return_complex=True
    )
    return spectrum.abs().square().T @ _bank().T


@functools.cache
def _bank() -> torch.Tensor:
    """Triangular filters of equal area, even on Slaney's mel scale, [BANDS, FFT // 2 + 1]."""
    edges = _slaney_hz(np.linspace(0, _slaney_mel(SAMPLE_RATE / 2), BANDS + 2))
    line = np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT
    below, middle, above = (edges[i : i + BANDS, None] for i in range(3))
    rising, falling = (line - below) / (middle - below), (above - line) / (above - middle)
    bank = np.clip(np.minimum(rising, falling), 0, None) * 2 / (above - below)
    return torch.from_numpy(bank.astype(np.float32))


def _slaney_mel(hz: float) -> float:
    """Linear up to 1000 Hz, logarithmic above (Slaney, Auditory Toolbox)."""
    return hz * 3 / 200 if hz < 1000 else 15 + float(np.log(hz / 1000)) * 27 / float(np.log(6.4))


def _slaney_hz(mel: np.ndarray) -> np.ndarray:
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))
