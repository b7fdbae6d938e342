"""StableSyncNet, LatentSync's sync network.

Source: Li et al., "LatentSync: Audio Conditioned Latent Diffusion Models for Lip Sync",
arXiv:2412.09262, and the published file's keys and shapes.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

FRAMES = 16
"""Frames of a window."""

GROUPS, HEADS, EPSILON = 32, 8, 1e-6


@dataclass(frozen=True)
class Tower:
    """The shape of one of the two networks.

    Attributes:
        inputs: Channels of its input.
        channels: Channels of each block.
        strides: Rows and columns by which each block reduces.
        attention: Whether each block has attention.
    """

    inputs: int
    channels: tuple[int, ...]
    strides: tuple[tuple[int, int], ...]
    attention: tuple[bool, ...]


SOUND = Tower(
    1,
    (32, 64, 128, 256, 512, 1024, 2048),
    ((2, 1), (2, 2), (2, 2), (1, 1), (2, 2), (2, 2), (2, 3)),
    (False, False, False, True, True, False, False),
)
"""Its input is [B, 1, 80, 52]."""

LIPS = Tower(
    3 * FRAMES,
    (64, 128, 256, 256, 512, 1024, 2048, 2048),
    ((1, 2), (2, 2), (2, 2), (2, 2), (2, 2), (2, 2), (2, 2), (2, 2)),
    (False, False, False, False, True, True, False, False),
)
"""Its input is [B, 48, 128, 256]."""


class StableSyncNet(nn.Module):
    """The two towers, with the published keys and shapes (`tests/parity/stable_syncnet_keys.json`).

    Without attention they are those of the older `latentsync_syncnet.pt`.

    Args:
        sound: The shape of the tower for sound.
        lips: The shape of the tower for lips.
    """

    def __init__(self, sound: Tower = SOUND, lips: Tower = LIPS) -> None:
        super().__init__()
        self.audio_encoder = Encoder(sound)
        self.visual_encoder = Encoder(lips)

    def sound(self, mel: torch.Tensor) -> torch.Tensor:
        """Embed windows of sound.

        Args:
            mel: Windows of `mel.mel`, [B, 1, 80, 52] float.

        Returns:
            Embeddings of unit length, [B, D] float.
        """
        return functional.normalize(self.audio_encoder(mel).flatten(1))

    def lips(self, halves: torch.Tensor) -> torch.Tensor:
        """Embed windows of lips.

        Args:
            halves: The lower halves of 16 aligned faces, RGB in [-1, 1], one after the other in the
                channels, [B, 48, 128, 256] float.

        Returns:
            Embeddings of unit length, [B, D] float.
        """
        return functional.normalize(self.visual_encoder(halves).flatten(1))


class Encoder(nn.Module):
    """A convolutional tower that reduces its input to one position.

    Args:
        tower: Its shape.
    """

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(tower.inputs, tower.channels[0], 3, padding=1)
        self.down_blocks = nn.ModuleList()
        before = (tower.channels[0], *tower.channels)
        for incoming, channels, stride, attends in zip(
            before, tower.channels, tower.strides, tower.attention, strict=False
        ):
            self.down_blocks.append(Residual(incoming, channels, stride))
            if attends:
                self.down_blocks.append(AttentionBlock(channels))
        self.norm_out = nn.GroupNorm(GROUPS, tower.channels[-1], EPSILON)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Encode a batch.

        Args:
            x: [B, C, H, W] float.

        Returns:
            [B, D, 1, 1] float, not negative.
        """
        x = self.conv_in(x)
        for block in self.down_blocks:
            x = block(x)
        return functional.relu(self.norm_out(x))


class Residual(nn.Module):
    """Two convolutions with a shortcut, and a third that reduces.

    Args:
        incoming: Channels of the input.
        channels: Channels of the output.
        stride: Rows and columns by which the block reduces.
    """

    def __init__(self, incoming: int, channels: int, stride: tuple[int, int]) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, incoming, EPSILON)
        self.conv1 = nn.Conv2d(incoming, channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(GROUPS, channels, EPSILON)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        if incoming != channels:
            self.conv_shortcut = nn.Conv2d(incoming, channels, 1)
        if stride != (1, 1):
            self.downsample_conv = nn.Conv2d(channels, channels, 3, stride)
        # A side that keeps its length is padded at both ends, the other one only at its far end.
        rows, columns = stride
        self._padding = (int(columns == 1), 1, int(rows == 1), 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Transform and reduce features.

        Args:
            x: [B, C, H, W] float.

        Returns:
            [B, D, H / rows, W / columns] float.
        """
        found = self.conv1(functional.silu(self.norm1(x)))
        found = self.conv2(functional.silu(self.norm2(found)))
        x = found + (self.conv_shortcut(x) if hasattr(self, "conv_shortcut") else x)
        if not hasattr(self, "downsample_conv"):
            return x
        return self.downsample_conv(functional.pad(x, self._padding))


class AttentionBlock(nn.Module):
    """A transformer block over all positions, between two 1x1 convolutions.

    Args:
        channels: Channels of input and output.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, channels, EPSILON)
        self.norm2 = nn.LayerNorm(channels)
        self.norm3 = nn.LayerNorm(channels)
        self.ff = GatedFeedForward(channels)
        self.conv_in = nn.Conv2d(channels, channels, 1)
        self.conv_out = nn.Conv2d(channels, channels, 1)
        self.attn = SelfAttention(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Let every position attend to all others.

        Args:
            x: [B, C, H, W] float.

        Returns:
            The same shape.
        """
        positions = self.conv_in(self.norm1(x)).flatten(2).transpose(1, 2)
        positions = positions + self.attn(self.norm2(positions))
        positions = positions + self.ff(self.norm3(positions))
        return x + self.conv_out(positions.transpose(1, 2).reshape(x.shape))


class SelfAttention(nn.Module):
    """Self-attention of 8 heads.

    Args:
        channels: C, in and out.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.to_q = nn.Linear(channels, channels)
        self.to_k = nn.Linear(channels, channels)
        self.to_v = nn.Linear(channels, channels)
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Let every position attend to all others.

        Args:
            x: [B, N, C] float.

        Returns:
            The same shape.
        """
        query, key, value = (
            layer(x).unflatten(2, (HEADS, -1)).transpose(1, 2)
            for layer in (self.to_q, self.to_k, self.to_v)
        )
        found = functional.scaled_dot_product_attention(query, key, value)
        return self.to_out[0](found.transpose(1, 2).flatten(2))


class GatedFeedForward(nn.Module):
    """A transformer's feed-forward layers, the first gated (GEGLU: Shazeer, arXiv:2002.05202).

    Args:
        channels: C, in and out.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        gated = nn.ModuleDict({"proj": nn.Linear(channels, 8 * channels)})
        self.net = nn.ModuleList([gated, nn.Identity(), nn.Linear(4 * channels, channels)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Transform each position by itself.

        Args:
            x: [B, N, C] float.

        Returns:
            The same shape.
        """
        first, _, last = self.net
        value, gate = first.get_submodule("proj")(x).chunk(2, dim=-1)
        return last(value * functional.gelu(gate))
