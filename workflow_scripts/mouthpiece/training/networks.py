"""The embedded networks in PyTorch, as they are trained.

At inference they run in NumPy (`engines.preview.lip_network`, `scorers.embedded.network`,
`scorers.phone_sync`), from the weights that `publish` writes.
"""

import torch
from torch import nn

from ..audio.convolution import SMALLEST_POWER
from ..audio.logmel import BANDS, HOP
from ..engines.preview.lip_network import CONTROLS, DILATIONS, PHONE_CLASSES, ROW
from ..faces.mouth import MEASURES
from ..scorers.embedded.network import STEM_DILATIONS, TOWER_DILATIONS
from ..scorers.phone_sync import ROWS_PER_FRAME, SOUND_DILATIONS
from ..scorers.towers import LIP_DILATIONS, MEASURE_SCALE, RESTING_GAP

CHANNELS = 128
"""Of the lip network."""

LIP_CHANNELS, SOUND_CHANNELS, EMBEDDING = 96, 96, 64
"""Of the scorer's towers, and the length of their embeddings."""

PHONE_CHANNELS, PHONE_COMPONENTS = 64, 96
"""Of the towers that hear by a recognizer, and of how many components of its features."""


class ResidualBlock(nn.Module):
    """A residual convolution over time."""

    def __init__(self, channels: int, dilation: int, dropout: float, centred: bool = False) -> None:
        """Build the layer.

        Args:
            channels: C, in and out.
            dilation: Steps between the taps of the kernel of 3.
            dropout: The share of channels that are dropped in training.
            centred: Whether the mean over the channels is taken off before they are scaled.
        """
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels, 1))
        self.spread = nn.Conv1d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(channels, channels, 1)
        self.dropout = nn.Dropout1d(dropout)
        self._centred = centred

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add the convolution of normalized features to them.

        Args:
            x: Features, [B, C, T] float.

        Returns:
            Features, [B, C, T] float.
        """
        given = x - x.mean(1, keepdim=True) if self._centred else x
        level = torch.rsqrt(given.square().mean(1, keepdim=True) + SMALLEST_POWER)
        spread = self.spread(given * level * self.scale)
        return x + self.mix(self.dropout(nn.functional.gelu(spread)))


class LipNet(nn.Module):
    """The lip network: log-mel rows to a mouth shape and phone classes for every other row.

    Args:
        dropout: The share of channels that are dropped in training.
    """

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.stem = nn.Conv1d(BANDS, CHANNELS, 5, stride=ROW // HOP, padding=2)
        self.blocks = nn.Sequential(
            *(ResidualBlock(CHANNELS, d, dropout, centred=True) for d in DILATIONS)
        )
        self.shapes = nn.Conv1d(CHANNELS, len(CONTROLS), 1)
        self.classes = nn.Conv1d(CHANNELS, PHONE_CLASSES, 1)

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Predict shapes and phone classes for every other row.

        Args:
            mel: Log-mel rows, [B, S, BANDS] float32.

        Returns:
            Shapes [B, R, len(CONTROLS)] and class logits [B, R, PHONE_CLASSES], R = (S + 1) // 2.
            Closure is a logit; the other controls are in units of `SCALE` off `REST`.
        """
        hidden = self.blocks(self.stem(mel.transpose(1, 2)))
        return self.shapes(hidden).transpose(1, 2), self.classes(hidden).transpose(1, 2)


class Towers(nn.Module):
    """The tower for lips of a pair; its embeddings have unit length.

    Args:
        channels: Of its hidden features.
        dropout: The share of channels that are dropped in training.
    """

    def __init__(self, channels: int, dropout: float) -> None:
        super().__init__()
        self.lip_tower = nn.Sequential(
            nn.Conv1d(len(MEASURES) + 1, channels, 3, padding=1),
            *(ResidualBlock(channels, dilation, dropout) for dilation in LIP_DILATIONS),
            nn.Conv1d(channels, EMBEDDING, 1),
        )

    def lips(self, curves: torch.Tensor) -> torch.Tensor:
        """Embed lips.

        Args:
            curves: What `lip_curves` returns, [B, T, len(MEASURES) + 1] float.

        Returns:
            Embeddings of unit length, [B, T, EMBEDDING] float.
        """
        hidden = self.lip_tower(curves.transpose(1, 2)).transpose(1, 2)
        return nn.functional.normalize(hidden, dim=2)


class SyncNet(Towers):
    """The sync scorer's networks, for lips and for sound; their embeddings have unit length.

    The sound's stem also names phones, in training alone.

    Args:
        dropout: The share of channels that are dropped in training.
    """

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__(LIP_CHANNELS, dropout)
        sound = SOUND_CHANNELS
        self.sound_stem = nn.Sequential(
            nn.Conv1d(BANDS, sound, 5, stride=2, padding=2),
            *(ResidualBlock(sound, dilation, dropout) for dilation in STEM_DILATIONS),
        )
        self.sound_tower = nn.Sequential(
            nn.Conv1d(sound, sound, 4, stride=2, padding=1),
            *(ResidualBlock(sound, dilation, dropout) for dilation in TOWER_DILATIONS),
            nn.Conv1d(sound, EMBEDDING, 1),
        )
        self.classes = nn.Conv1d(sound, PHONE_CLASSES, 1)

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


class PhoneSyncNet(Towers):
    """The towers that hear by a recognizer's encoder; their embeddings have unit length.

    Args:
        dropout: The share of channels that are dropped in training.
    """

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__(PHONE_CHANNELS, dropout)
        channels = PHONE_CHANNELS
        self.sound_tower = nn.Sequential(
            nn.Conv1d(PHONE_COMPONENTS, channels, 4, stride=ROWS_PER_FRAME, padding=1),
            *(ResidualBlock(channels, dilation, dropout) for dilation in SOUND_DILATIONS),
            nn.Conv1d(channels, EMBEDDING, 1),
        )

    def sound(self, components: torch.Tensor) -> torch.Tensor:
        """Embed sound.

        Args:
            components: Principal components of the encoder's rows from the first frame's start,
                [B, 2 T, PHONE_COMPONENTS] float.

        Returns:
            Embeddings of unit length, [B, T, EMBEDDING] float.
        """
        hidden = self.sound_tower(components.transpose(1, 2)).transpose(1, 2)
        return nn.functional.normalize(hidden, dim=2)


def lip_curves(seen: torch.Tensor) -> torch.Tensor:
    """Normalize mouth measures for the network, as `scorers.towers.lip_curves` does.

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
