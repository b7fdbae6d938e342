"""Motion modules: attention of each place of a picture to itself in other frames.

Guo et al., arXiv:2307.04725. Names of modules and of the config's keys are those of published
weights.
"""

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from .attention import NORM_EPS, Attention, FeedForward
from .config import NetworkConfig, Size


class MotionConfig(NetworkConfig):
    """The keys of `motion_module_kwargs`."""

    num_attention_heads: Size = 8
    num_transformer_block: Annotated[int, Field(ge=1, le=16)] = 1
    attention_block_types: Annotated[
        list[Literal["Temporal_Self"]], Field(min_length=1, max_length=8)
    ]
    temporal_position_encoding: Literal[True]
    temporal_position_encoding_max_len: Size = 24
    temporal_attention_dim_div: Literal[1] = 1


class Positions(nn.Module):
    """The code of a frame's place in its chunk."""

    pe: Tensor

    def __init__(self, length: int, width: int) -> None:
        """Make room for the code, which is in the weights.

        Args:
            length: Frames, at most.
            width: Width of the features.
        """
        super().__init__()
        self.register_buffer("pe", torch.zeros(1, length, width))

    def forward(self, x: Tensor) -> Tensor:
        """Add the code.

        Args:
            x: [N, F, width].

        Returns:
            [N, F, width].

        Raises:
            ValueError: There are more frames than the code has places.
        """
        if x.shape[1] > self.pe.shape[1]:
            raise ValueError(f"{x.shape[1]} frames at once, of {self.pe.shape[1]} at most")
        return x + self.pe[:, : x.shape[1]]


class TemporalAttention(Attention):
    """Attention of a pixel to itself in the other frames."""

    def __init__(self, width: int, config: MotionConfig) -> None:
        """Build the layer.

        Args:
            width: Width of the features.
            config: How large it is.
        """
        super().__init__(width, config.num_attention_heads)
        self.pos_encoder = Positions(config.temporal_position_encoding_max_len, width)

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """Attend.

        Args:
            x: [N, F, width].
            context: Not used.

        Returns:
            [N, F, width].
        """
        return super().forward(self.pos_encoder(x))


class TemporalBlock(nn.Module):
    """Attention over frames, as often as the config says, and a feed-forward layer."""

    def __init__(self, width: int, config: MotionConfig) -> None:
        """Build the block.

        Args:
            width: Width of the features.
            config: How large it is.
        """
        super().__init__()
        layers = len(config.attention_block_types)
        self.attention_blocks = nn.ModuleList(
            TemporalAttention(width, config) for _ in range(layers)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.ff, self.ff_norm = FeedForward(width), nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.

        Args:
            x: [N, F, width].

        Returns:
            [N, F, width].
        """
        for attention, norm in zip(self.attention_blocks, self.norms, strict=True):
            x = x + attention(norm(x))
        return x + self.ff(self.ff_norm(x))


class TemporalTransformer(nn.Module):
    """A transformer over the frames of each pixel, added to the feature maps."""

    def __init__(self, channels: int, groups: int, config: MotionConfig) -> None:
        """Build the transformer.

        Args:
            channels: Channels of the maps.
            groups: Groups of channels that are normalized together, in each frame by itself.
            config: How large it is.
        """
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, NORM_EPS)
        self.proj_in = nn.Linear(channels, channels)
        self.transformer_blocks = nn.ModuleList(
            TemporalBlock(channels, config) for _ in range(config.num_transformer_block)
        )
        self.proj_out = nn.Linear(channels, channels)

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """Apply the transformer.

        Args:
            x: [B * F, C, H, W].
            frames: F.

        Returns:
            [B * F, C, H, W].
        """
        height, width = x.shape[2:]
        hidden = self.norm(x).flatten(2).unflatten(0, (-1, frames))
        hidden = self.proj_in(hidden.permute(0, 3, 1, 2).flatten(0, 1))
        for block in self.transformer_blocks:
            hidden = block(hidden)
        hidden = self.proj_out(hidden).unflatten(0, (-1, height * width)).permute(0, 2, 3, 1)
        return x + hidden.reshape(x.shape)


class MotionModule(nn.Module):
    """What ties the frames of a feature map together."""

    def __init__(self, channels: int, groups: int, config: MotionConfig) -> None:
        """Build the module.

        Args:
            channels: Channels of the maps.
            groups: Groups of channels that are normalized together.
            config: How large it is.
        """
        super().__init__()
        self.temporal_transformer = TemporalTransformer(channels, groups, config)

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """Apply the module.

        Args:
            x: [B * F, C, H, W].
            frames: F.

        Returns:
            [B * F, C, H, W].
        """
        return self.temporal_transformer(x, frames)
