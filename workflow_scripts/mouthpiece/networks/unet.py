"""The UNet of latent diffusion that attends to a context.

Rombach et al., arXiv:2112.10752, in the shape of Stable Diffusion 1. Names of modules and of the
config's keys are those of the weights that are published in diffusers' layout.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn import functional

from .attention import Transformer
from .config import NetworkConfig, Size
from .resnet import Downsample, Resnet, Upsample

LONGEST_PERIOD = 10000.0

ATTENDING = "CrossAttn"
"""What the kinds of blocks that attend begin with."""


class UNetSizes(NetworkConfig):
    """The keys of a published config that say how large a network is, of pictures or of films.

    Attributes:
        attention_head_dim: How many heads there are, whatever its name says: the published weights
            were made so.
    """

    in_channels: Size
    out_channels: Size
    block_out_channels: Annotated[list[Size], Field(min_length=1, max_length=8)]
    down_block_types: Sequence[str]
    up_block_types: Sequence[str]
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
    def _block_for_block(self) -> Self:
        count = len(self.block_out_channels)
        if {len(self.down_block_types), len(self.up_block_types)} != {count}:
            raise ValueError("block_out_channels, down_block_types and up_block_types differ")
        return self


class UNetConfig(UNetSizes):
    """The keys of a published `config.json` that say how large the network is."""

    down_block_types: list[Literal["CrossAttnDownBlock2D", "DownBlock2D"]]
    up_block_types: list[Literal["CrossAttnUpBlock2D", "UpBlock2D"]]


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
        x = self.layers_up(range(len(self.resnets)), x, passed, time, context)
        return x if self.upsamplers is None else self.upsamplers[0](x)

    def layers_up(
        self, numbers: range, x: Tensor, passed: list[Tensor], time: Tensor, context: Tensor
    ) -> Tensor:
        """Go some layers up, without an enlargement.

        Args:
            numbers: Which layers.
            x: See `up`.
            passed: See `up`.
            time: See `up`.
            context: See `up`.

        Returns:
            What comes out.
        """
        for number in numbers:
            x = self._layer(number, torch.cat([x, passed.pop()], dim=1), time, context)
        return x

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

    def __init__(self, config: UNetSizes) -> None:
        """Build the network.

        Args:
            config: How large it is.
        """
        super().__init__()
        self.config = config
        widths, layers = config.block_out_channels, config.layers_per_block
        resnet, transformer = self._resnet, self._transformer
        self.conv_in = nn.Conv2d(config.in_channels, widths[0], 3, padding=1)
        self.time_embedding = TimeEmbedding(widths[0], 4 * widths[0])
        self.down_blocks, passed = nn.ModuleList(), [widths[0]]
        last = len(widths) - 1
        for number, (before, width) in enumerate(pairwise([widths[0], *widths])):
            attends = config.down_block_types[number].startswith(ATTENDING)
            self.down_blocks.append(
                self._block(
                    [resnet(before if i == 0 else width, width) for i in range(layers)],
                    [transformer(width) for _ in range(layers * attends)],
                    width,
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
            attends = config.up_block_types[number].startswith(ATTENDING)
            given = [before] + [width] * layers
            self.up_blocks.append(
                self._block(
                    [resnet(channels + passed.pop(), width) for channels in given],
                    [transformer(width) for _ in range((layers + 1) * attends)],
                    width,
                    upsampler=Upsample(width) if number < last else None,
                )
            )
        self.conv_norm_out = nn.GroupNorm(config.norm_num_groups, widths[0], config.norm_eps)
        self.conv_act = nn.SiLU()
        self.conv_out = nn.Conv2d(widths[0], config.out_channels, 3, padding=1)

    def _resnet(self, inputs: int, outputs: int) -> Resnet:
        config = self.config
        embedding = 4 * config.block_out_channels[0]
        return Resnet(inputs, outputs, config.norm_num_groups, config.norm_eps, embedding)

    def _transformer(self, channels: int) -> Transformer:
        config = self.config
        heads, groups = config.attention_head_dim, config.norm_num_groups
        return Transformer(channels, heads, config.cross_attention_dim, groups)

    def _block(
        self,
        resnets: list[Resnet],
        attentions: list[Transformer],
        _width: int,
        downsampler: Downsample | None = None,
        upsampler: Upsample | None = None,
    ) -> Block:
        return Block(resnets, attentions, downsampler, upsampler)

    def forward(self, x: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
        """Predict.

        Args:
            x: Latents, [N, in_channels, H, W]; sides that the blocks can halve.
            timestep: [N or 1].
            context: What is attended to, [N, L, cross_attention_dim].

        Returns:
            [N, out_channels, H, W].
        """
        time, first = self.time_embedding(timestep), self.conv_in(x)
        return self._end(
            self._last_layer(self._deep(first, time, context), first, time, context), time
        )

    def _deep(self, first: Tensor, time: Tensor, context: Tensor) -> Tensor:
        """What comes before the last layer, which sees it and the first one's result."""
        x, passed = first, [first]
        for block in self.down_blocks:
            assert isinstance(block, Block)
            x, more = block.down(x, time, context)
            passed += more
        x = self.mid_block(x, time, context)
        *before, last = self.up_blocks
        for block in before:
            assert isinstance(block, Block)
            x = block.up(x, passed, time, context)
        assert isinstance(last, Block)
        return last.layers_up(range(len(last.resnets) - 1), x, passed, time, context)

    def _last_layer(self, deep: Tensor, first: Tensor, time: Tensor, context: Tensor) -> Tensor:
        last = self.up_blocks[-1]
        assert isinstance(last, Block)
        layers = len(last.resnets)
        return last.layers_up(range(layers - 1, layers), deep, [first], time, context)

    def _end(self, x: Tensor, time: Tensor) -> Tensor:
        return self.conv_out(self.conv_act(self.conv_norm_out(x)))
