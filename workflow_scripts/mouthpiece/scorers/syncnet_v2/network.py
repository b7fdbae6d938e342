"""SyncNet's network, in the layout of the published `syncnet_v2.model`.

Source: Chung and Zisserman, "Out of time: automated lip sync in the wild", ACCV Workshops 2016.
"""

from typing import Any

import torch
from torch import nn

EMBEDDING = 1024
"""Length of an embedding."""

LIP_FRAMES = 5
"""Frames of a window of lips."""


class SyncNet(nn.Module):
    """The two towers, with the published keys and shapes (`tests/parity/syncnet_v2_keys.json`)."""

    def __init__(self) -> None:
        super().__init__()
        self.netcnnaud = nn.Sequential(
            *_flat(1, 64, 3, padding=1),
            nn.MaxPool2d(1),
            *_flat(64, 192, 3, padding=1),
            nn.MaxPool2d(3, stride=(1, 2)),
            *_flat(192, 384, 3, padding=1),
            *_flat(384, 256, 3, padding=1),
            *_flat(256, 256, 3, padding=1),
            nn.MaxPool2d(3, stride=2),
            *_flat(256, 512, (5, 4)),
        )
        self.netfcaud = _head()
        self.netfclip = _head()
        self.netcnnlip = nn.Sequential(
            *_deep(3, 96, (LIP_FRAMES, 7, 7), stride=(1, 2, 2)),
            nn.MaxPool3d((1, 3, 3), stride=(1, 2, 2)),
            *_deep(96, 256, (1, 5, 5), stride=(1, 2, 2), padding=(0, 1, 1)),
            nn.MaxPool3d((1, 3, 3), stride=(1, 2, 2), padding=(0, 1, 1)),
            *_deep(256, 256, (1, 3, 3), padding=(0, 1, 1)),
            *_deep(256, 256, (1, 3, 3), padding=(0, 1, 1)),
            *_deep(256, 256, (1, 3, 3), padding=(0, 1, 1)),
            nn.MaxPool3d((1, 3, 3), stride=(1, 2, 2)),
            *_deep(256, 512, (1, 6, 6)),
        )

    def lips(self, crops: torch.Tensor) -> torch.Tensor:
        """Embed each window of five frames.

        Overlapping windows share their work: only the first layer sees more than one frame.

        Args:
            crops: BGR in 0..255, [3, T, 224, 224] float, T at least 5.

        Returns:
            Embeddings, [T - 4, 1024] float.
        """
        return self.netfclip(self.netcnnlip(crops[None])[0, :, :, 0, 0].T)

    def sound(self, windows: torch.Tensor) -> torch.Tensor:
        """Embed windows of sound.

        Args:
            windows: MFCC, [B, 1, 13, 20] float.

        Returns:
            Embeddings, [B, 1024] float.
        """
        return self.netfcaud(self.netcnnaud(windows).flatten(1))


def _flat(inputs: int, outputs: int, kernel: Any, **options: Any) -> tuple[nn.Module, ...]:
    """A convolution over the spectrogram, normalized, with its activation."""
    return nn.Conv2d(inputs, outputs, kernel, **options), nn.BatchNorm2d(outputs), nn.ReLU()


def _deep(inputs: int, outputs: int, kernel: Any, **options: Any) -> tuple[nn.Module, ...]:
    """A convolution over frames and pixels, normalized, with its activation."""
    return nn.Conv3d(inputs, outputs, kernel, **options), nn.BatchNorm3d(outputs), nn.ReLU()


def _head() -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(512, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Linear(512, EMBEDDING)
    )
