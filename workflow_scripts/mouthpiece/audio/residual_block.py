"""The layer that the embedded networks are made of."""

import torch
from torch import nn

SMALLEST_POWER = 1e-5
"""Added to the power of features before it is divided by."""


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
