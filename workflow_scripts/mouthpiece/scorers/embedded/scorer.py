"""The embedded sync scorer: two small networks, one for lips and one for sound, side by side.

Each maps a moment and what surrounds it to a point on a sphere, so that lips and sound that belong
together lie close (Chung and Zisserman's idea, on face landmarks instead of pixels). Distances then
go through SyncNet's own arithmetic, `lse`. Scores of this scorer are not comparable to SyncNet's.
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch import nn

from ...audio.logmel import BANDS, SAMPLE_RATE, log_mel
from ...faces.mouth import MEASURES, measures
from ...weights import embedded
from .. import lse
from ..base import SCORE_RATE, Score, Seen, points_of

WEIGHTS = "sync.safetensors"

FRAME = SAMPLE_RATE // SCORE_RATE

ROWS_PER_FRAME = 4

EMBEDDING = 64

LIP_CHANNELS, SOUND_CHANNELS = 96, 96

MEASURE_SCALE = (
    *(0.025, 0.018, 0.018, 0.038, 0.018, 0.02, 0.009, 0.035, 0.028, 0.018, 0.008, 0.013, 0.012),
)
"""About a standard deviation of each of `MEASURES` while someone speaks, in eye distances."""

RESTING_GAP = 0.012
"""The gap that the mesh draws between closed lips, in distances of the eyes."""

PHONE_CLASSES = 14
"""Phone classes that the ear learns to name in training; unused at inference."""


class Block(nn.Module):
    """A residual convolution over time, [B, C, T] to the same."""

    def __init__(self, channels: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels, 1))
        self.spread = nn.Conv1d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(channels, channels, 1)
        self.dropout = nn.Dropout1d(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add what the convolution finds."""
        level = torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-5)
        return x + self.mix(self.dropout(nn.functional.gelu(self.spread(x * level * self.scale))))


class SyncNet(nn.Module):
    """The two networks. Embeddings are of unit length."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        lips, sound = LIP_CHANNELS, SOUND_CHANNELS
        self.lip_tower = nn.Sequential(
            nn.Conv1d(len(MEASURES) + 1, lips, 3, padding=1),
            *(Block(lips, dilation, dropout) for dilation in (1, 1, 2)),
            nn.Conv1d(lips, EMBEDDING, 1),
        )
        self.sound_stem = nn.Sequential(
            nn.Conv1d(BANDS, sound, 5, stride=2, padding=2),
            *(Block(sound, dilation, dropout) for dilation in (1, 2, 4)),
        )
        self.sound_tower = nn.Sequential(
            nn.Conv1d(sound, sound, 4, stride=2, padding=1),
            *(Block(sound, dilation, dropout) for dilation in (1, 2)),
            nn.Conv1d(sound, EMBEDDING, 1),
        )
        self.classes = nn.Conv1d(sound, PHONE_CLASSES, 1)

    def lips(self, curves: torch.Tensor) -> torch.Tensor:
        """Embeddings [B, T, EMBEDDING] of `lip_curves` [B, T, len(MEASURES) + 1]."""
        hidden = self.lip_tower(curves.transpose(1, 2)).transpose(1, 2)
        return nn.functional.normalize(hidden, dim=2)

    def sound(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Embeddings [B, T, EMBEDDING] of log-mel rows [B, 4 T, BANDS], and phone class logits.

        The rows start at the first frame's start; the logits are [B, 2 T, PHONE_CLASSES].
        """
        hidden = self.sound_stem(mel.transpose(1, 2))
        embeddings = nn.functional.normalize(self.sound_tower(hidden).transpose(1, 2), dim=2)
        return embeddings, self.classes(hidden).transpose(1, 2)


def lip_curves(seen: torch.Tensor) -> torch.Tensor:
    """Mouth measures [B, T, len(MEASURES)] against the clip's own middle, and the gap as it is."""
    scale = torch.tensor(MEASURE_SCALE, device=seen.device)
    centred = (seen - seen.median(1, keepdim=True).values) / scale
    gap = (seen[..., :1] - RESTING_GAP) / (2 * scale[:1])
    return torch.cat([centred, gap], 2).clamp(-6, 6)


class Embedded:
    """Landmarks against sound by the networks that the project ships."""

    def __init__(self) -> None:
        self._net = SyncNet()
        self._net.load_state_dict(embedded.load(WEIGHTS))
        self._net.eval()

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        """See `Scorer.score`."""
        return lse.lse(self.distances(measures(points_of(face)), samples))

    def distances(self, seen: np.ndarray, samples: np.ndarray) -> np.ndarray:
        """The distance table [T, 31] of mouth measures [T, K] and samples [N] of the same span."""
        frames = len(seen)
        sound = np.zeros(frames * FRAME, np.float32)
        heard = samples[: len(sound)]
        sound[: len(heard)] = heard
        with torch.inference_mode():
            mel = log_mel(torch.from_numpy(sound)[None])[:, : frames * ROWS_PER_FRAME]
            lips = self._net.lips(lip_curves(torch.from_numpy(seen.astype(np.float32))[None]))
            return lse.distance_table(lips[0].numpy(), self._net.sound(mel)[0][0].numpy())
