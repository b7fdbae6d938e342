"""The UNet of latent diffusion that attends to a context.

Rombach et al., arXiv:2112.10752, in the shape of Stable Diffusion 1. Names of modules and of the
config's keys are those of the weights that are published in diffusers' layout.
"""

import math
from itertools import pairwise
from typing import Annotated, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn import functional

from .attention import Transformer
from .config import NetworkConfig, Size
from .resnet import Downsample, Resnet, Upsample

LONGEST_PERIOD = 10000.0

ATTENDING_DOWN, PLAIN_DOWN = "CrossAttnDownBlock2D", "DownBlock2D"
ATTENDING_UP, PLAIN_UP = "CrossAttnUpBlock2D", "UpBlock2D"


class UNetConfig(NetworkConfig):
    """The keys of a published `config.json` that say how large the network is.

    Attributes:
        attention_head_dim: How many heads there are, whatever its name says: the published weights
            were made so.
    """

    in_channels: Size
    out_channels: Size
    block_out_channels: Annotated[list[Size], Field(min_length=1, max_length=8)]
    down_block_types: list[Literal["CrossAttnDownBlock2D", "DownBlock2D"]]
    up_block_types: list[Literal["CrossAttnUpBlock2D", "UpBlock2D"]]
    layers_per_block: Annotated[int, Field(ge=1, le=16)] = 2
    cross_attention_dim: Size = 1280
    attention_head_dim: Size = 8
    norm_num_groups: Size = 32
    norm_eps: float = 1e-5
    act_fn: Literal["silu"] = "silu"
    flip_sin_to_cos: Literal[True] = True
    freq_shift: Literal[0] = 0
    downsample_padding: Literal[1] = 1
    center_input_sample: Literal[False] = False
    mid_block_scale_factor: Literal[1] = 1

    @model_validator(mode="after")
    def _block_for_block(self) -> "UNetConfig":
        count = len(self.block_out_channels)
        if {len(self.down_block_types), len(self.up_block_types)} != {count}:
            raise ValueError("block_out_channels, down_block_types and up_block_types differ")
        return self


class TimeEmbedding(nn.Module):
    """A time step as features."""

    def __init__(self, inputs: int, width: int) -> None:
        """Build the layers.

        Args:
            inputs: Sines and cosines.
            width: Width of the features.
        """
        super().__init__()
        self._inputs = inputs
        self.linear_1 = nn.Linear(inputs, width)
        self.linear_2 = nn.Linear(width, width)

    def forward(self, timestep: Tensor) -> Tensor:
        """Embed.

        Args:
            timestep: [N or 1].

        Returns:
            [N or 1, width].
        """
        half = self._inputs // 2
        place = torch.arange(half, dtype=torch.float32, device=timestep.device)
        angle = timestep[:, None].float() * torch.exp(place * (-math.log(LONGEST_PERIOD) / half))
        waves = torch.cat([angle.cos(), angle.sin()], dim=-1).to(self.linear_1.weight.dtype)
        return self.linear_2(functional.silu(self.linear_1(waves)))


class Block(nn.Module):
    """Residual blocks, each followed by attention or not, then a change of size or none."""

    def __init__(
        self,
        resnets: list[Resnet],
        attentions: list[Transformer],
        downsampler: Downsample | None = None,
        upsampler: Upsample | None = None,
    ) -> None:
        """Join the parts.

        Args:
            resnets: The residual blocks.
            attentions: What follows each; none where the block does not attend.
            downsampler: What halves the sides at the end.
            upsampler: What doubles them.
        """
        super().__init__()
        self.resnets = nn.ModuleList(resnets)
        if attentions:
            self.attentions = nn.ModuleList(attentions)
        self._attends = bool(attentions)
        self.downsamplers = nn.ModuleList([downsampler]) if downsampler else None
        self.upsamplers = nn.ModuleList([upsampler]) if upsampler else None

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block by itself, as the VAE does.

        Args:
            x: [N, C, H, W].

        Returns:
            What comes out.
        """
        for resnet in self.resnets:
            x = resnet(x)
        for sampler in self.downsamplers or self.upsamplers or ():
            x = sampler(x)
        return x

    def down(self, x: Tensor, time: Tensor, context: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Go down.

        Args:
            x: [N, C, H, W].
            time: The embedded time step.
            context: [N, L, E].

        Returns:
            What comes out, and all that the way up is given.
        """
        passed = []
        for number in range(len(self.resnets)):
            x = self._layer(number, x, time, context)
            passed.append(x)
        if self.downsamplers is not None:
            x = self.downsamplers[0](x)
            passed.append(x)
        return x, passed

    def up(self, x: Tensor, passed: list[Tensor], time: Tensor, context: Tensor) -> Tensor:
        """Go up.

        Args:
            x: [N, C, H, W].
            passed: What the way down gave; what is used is taken from its end.
            time: The embedded time step.
            context: [N, L, E].

        Returns:
            What comes out.
        """
        for number in range(len(self.resnets)):
            x = self._layer(number, torch.cat([x, passed.pop()], dim=1), time, context)
        return x if self.upsamplers is None else self.upsamplers[0](x)

    def _layer(self, number: int, x: Tensor, time: Tensor, context: Tensor) -> Tensor:
        x = self.resnets[number](x, time)
        return self.attentions[number](x, context) if self._attends else x


class Middle(nn.Module):
    """Attention between two residual blocks."""

    def __init__(self, first: Resnet, attention: nn.Module, last: Resnet) -> None:
        """Join the parts.

        Args:
            first: The first block.
            attention: What attends.
            last: The last block.
        """
        super().__init__()
        self.resnets = nn.ModuleList([first, last])
        self.attentions = nn.ModuleList([attention])

    def forward(self, x: Tensor, time: Tensor | None = None, *context: Tensor) -> Tensor:
        """Apply the parts.

        Args:
            x: [N, C, H, W].
            time: The embedded time step, where the blocks take one.
            context: What is attended to, [N, L, E], where that is not `x`.

        Returns:
            [N, C, H, W].
        """
        x = self.attentions[0](self.resnets[0](x, time), *context)
        return self.resnets[1](x, time)


class UNet(nn.Module):
    """The network.

    Attributes:
        config: How large it is.
    """

    def __init__(self, config: UNetConfig) -> None:
        """Build the network.

        Args:
            config: How large it is.
        """
        super().__init__()
        self.config = config
        widths, embedding = config.block_out_channels, 4 * config.block_out_channels[0]
        groups, eps, layers = config.norm_num_groups, config.norm_eps, config.layers_per_block

        def resnet(inputs: int, outputs: int) -> Resnet:
            return Resnet(inputs, outputs, groups, eps, embedding)

        def transformer(channels: int) -> Transformer:
            heads = config.attention_head_dim
            return Transformer(channels, heads, config.cross_attention_dim, groups)

        self.conv_in = nn.Conv2d(config.in_channels, widths[0], 3, padding=1)
        self.time_embedding = TimeEmbedding(widths[0], embedding)
        self.down_blocks, passed = nn.ModuleList(), [widths[0]]
        last = len(widths) - 1
        for number, (before, width) in enumerate(pairwise([widths[0], *widths])):
            attends = config.down_block_types[number] == ATTENDING_DOWN
            self.down_blocks.append(
                Block(
                    [resnet(before if i == 0 else width, width) for i in range(layers)],
                    [transformer(width) for _ in range(layers * attends)],
                    downsampler=Downsample(width, 1) if number < last else None,
                )
            )
            passed += [width] * (layers + (number < last))
        deepest = widths[-1]
        self.mid_block = Middle(
            resnet(deepest, deepest), transformer(deepest), resnet(deepest, deepest)
        )
        self.up_blocks = nn.ModuleList()
        for number, (before, width) in enumerate(pairwise([deepest, *reversed(widths)])):
            attends = config.up_block_types[number] == ATTENDING_UP
            given = [before] + [width] * layers
            self.up_blocks.append(
                Block(
                    [resnet(channels + passed.pop(), width) for channels in given],
                    [transformer(width) for _ in range((layers + 1) * attends)],
                    upsampler=Upsample(width) if number < last else None,
                )
            )
        self.conv_norm_out = nn.GroupNorm(groups, widths[0], eps)
        self.conv_out = nn.Conv2d(widths[0], config.out_channels, 3, padding=1)

    def forward(self, x: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
        """Predict.

        Args:
            x: Latents, [N, in_channels, H, W]; sides that the blocks can halve.
            timestep: [N or 1].
            context: What is attended to, [N, L, cross_attention_dim].

        Returns:
            [N, out_channels, H, W].
        """
        time = self.time_embedding(timestep)
        x = self.conv_in(x)
        passed = [x]
        for block in self.down_blocks:
            assert isinstance(block, Block)
            x, more = block.down(x, time, context)
            passed += more
        x = self.mid_block(x, time, context)
        for block in self.up_blocks:
            assert isinstance(block, Block)
            x = block.up(x, passed, time, context)
        return self.conv_out(functional.silu(self.conv_norm_out(x)))
