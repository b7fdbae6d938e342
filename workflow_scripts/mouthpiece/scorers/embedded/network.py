"""The embedded sync network: two small towers, one for lips and one for sound.

Each maps a moment and its surroundings to a point on a sphere, so that lips and sound that belong
together are close: the idea of Chung and Zisserman, "Out of time", ACCV Workshops 2016, on face
landmarks instead of pixels.
"""

import torch
from torch import nn

from ...audio.logmel import BANDS
from ...audio.residual_block import ResidualBlock
from ...faces.mouth import MEASURES

EMBEDDING = 64
"""Length of an embedding."""

LIP_CHANNELS, SOUND_CHANNELS = 96, 96

MEASURE_SCALE = (
    *(0.025, 0.018, 0.018, 0.038, 0.018, 0.02, 0.009, 0.035, 0.028, 0.018, 0.008, 0.013, 0.012),
)
"""About a standard deviation of each of `MEASURES` while someone speaks, in eye distances."""

RESTING_GAP = 0.012
"""The gap that the mesh draws between closed lips, in distances of the eyes."""

PHONE_CLASSES = 14
"""Phone classes that the sound tower learns to name in training; unused at inference."""


class SyncNet(nn.Module):
    """The two networks, for lips and for sound; their embeddings have unit length.

    Args:
        dropout: The share of channels that are dropped in training.
    """

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        lips, sound = LIP_CHANNELS, SOUND_CHANNELS
        self.lip_tower = nn.Sequential(
            nn.Conv1d(len(MEASURES) + 1, lips, 3, padding=1),
            *(ResidualBlock(lips, dilation, dropout) for dilation in (1, 1, 2)),
            nn.Conv1d(lips, EMBEDDING, 1),
        )
        self.sound_stem = nn.Sequential(
            nn.Conv1d(BANDS, sound, 5, stride=2, padding=2),
            *(ResidualBlock(sound, dilation, dropout) for dilation in (1, 2, 4)),
        )
        self.sound_tower = nn.Sequential(
            nn.Conv1d(sound, sound, 4, stride=2, padding=1),
            *(ResidualBlock(sound, dilation, dropout) for dilation in (1, 2)),
            nn.Conv1d(sound, EMBEDDING, 1),
        )
        self.classes = nn.Conv1d(sound, PHONE_CLASSES, 1)

    def lips(self, curves: torch.Tensor) -> torch.Tensor:
        """Embed lips.

        Args:
            curves: What `lip_curves` returns, [B, T, len(MEASURES) + 1] float.

        Returns:
            Embeddings of unit length, [B, T, EMBEDDING] float.
        """
        hidden = self.lip_tower(curves.transpose(1, 2)).transpose(1, 2)
        return nn.functional.normalize(hidden, dim=2)

    def sound(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Embed sound.

        Args:
            mel: Log-mel rows from the first frame's start, [B, 4 T, BANDS] float.

        Returns:
            Embeddings of unit length, [B, T, EMBEDDING] float, and logits of phone classes,
            [B, 2 T, PHONE_CLASSES] float.
        """
        hidden = self.sound_stem(mel.transpose(1, 2))
        embeddings = nn.functional.normalize(self.sound_tower(hidden).transpose(1, 2), dim=2)
        return embeddings, self.classes(hidden).transpose(1, 2)


def lip_curves(seen: torch.Tensor) -> torch.Tensor:
    """Normalize mouth measures for the network.

    Args:
        seen: Mouth measures, [B, T, len(MEASURES)] float, in distances of the eyes.

    Returns:
        Each measure against its median over the clip, and the gap against that of closed lips,
        [B, T, len(MEASURES) + 1] float, about in standard deviations, within +-6.
    """
    scale = torch.tensor(MEASURE_SCALE, device=seen.device)
    centred = (seen - seen.median(1, keepdim=True).values) / scale
    gap = (seen[..., :1] - RESTING_GAP) / (2 * scale[:1])
    return torch.cat([centred, gap], 2).clamp(-6, 6)
