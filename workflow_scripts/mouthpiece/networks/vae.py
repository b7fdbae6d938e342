"""The autoencoder of latent diffusion: pictures to latents an eighth of their size, and back.

Rombach et al., arXiv:2112.10752. Names of modules and of the config's keys are those of the weights
that are published in diffusers' layout.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor, nn

from .attention import NORM_EPS, PixelAttention
from .config import NetworkConfig, Size
from .resnet import Downsample, Resnet, Upsample
from .unet import Block, Middle

OLD_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}
"""The names of the attention layers in files of 2022, and today's."""


class VaeConfig(NetworkConfig):
    """The keys of a published `config.json` that say how large the network is."""

    in_channels: Size = 3
    out_channels: Size = 3
    latent_channels: Size = 4
    block_out_channels: Annotated[list[Size], Field(min_length=1, max_length=8)]
    down_block_types: list[Literal["DownEncoderBlock2D"]]
    up_block_types: list[Literal["UpDecoderBlock2D"]]
    layers_per_block: Annotated[int, Field(ge=1, le=16)] = 1
    norm_num_groups: Size = 32
    act_fn: Literal["silu"] = "silu"
    scaling_factor: Annotated[float, Field(gt=0)] = 0.18215


class Coder(nn.Module):
    """What both halves have: blocks, a middle, and a normalized end."""

    def __init__(self, config: VaeConfig, widths: list[int], inputs: int, outputs: int) -> None:
        """Build the shared parts.

        Args:
            config: How large the network is.
            widths: Channels of the blocks, in order.
            inputs: Channels that the half is given.
            outputs: Channels that it gives.
        """
        super().__init__()
        self._groups = config.norm_num_groups
        deepest = config.block_out_channels[-1]
        self.conv_in = nn.Conv2d(inputs, widths[0], 3, padding=1)
        self.mid_block = Middle(
            self._resnet(deepest, deepest),
            PixelAttention(deepest, self._groups),
            self._resnet(deepest, deepest),
        )
        self.conv_norm_out = nn.GroupNorm(self._groups, widths[-1], NORM_EPS)
        self.conv_act = nn.SiLU()
        self.conv_out = nn.Conv2d(widths[-1], outputs, 3, padding=1)

    def _resnet(self, inputs: int, outputs: int) -> Resnet:
        return Resnet(inputs, outputs, self._groups, NORM_EPS)

    def _resnets(self, before: int, width: int, layers: int) -> list[Resnet]:
        return [self._resnet(before if i == 0 else width, width) for i in range(layers)]

    def _end(self, x: Tensor) -> Tensor:
        return self.conv_out(self.conv_act(self.conv_norm_out(x)))


class Encoder(Coder):
    """Pictures to the mean and variance of their latents."""

    def __init__(self, config: VaeConfig) -> None:
        """Build the half.

        Args:
            config: How large the network is.
        """
        widths = config.block_out_channels
        super().__init__(config, widths, config.in_channels, 2 * config.latent_channels)
        self.down_blocks = nn.ModuleList(
            Block(
                self._resnets(before, width, config.layers_per_block),
                [],
                downsampler=Downsample(width, 0) if number < len(widths) - 1 else None,
            )
            for number, (before, width) in enumerate(pairwise([widths[0], *widths]))
        )

    def forward(self, x: Tensor) -> Tensor:
        """Encode.

        Args:
            x: [N, in_channels, H, W] in [-1, 1].

        Returns:
            [N, 2 * latent_channels, H / 8, W / 8] for four blocks.
        """
        x = self.conv_in(x)
        for block in self.down_blocks:
            x = block(x)
        return self._end(self.mid_block(x))


class Decoder(Coder):
    """Latents to pictures."""

    def __init__(self, config: VaeConfig) -> None:
        """Build the half.

        Args:
            config: How large the network is.
        """
        widths = config.block_out_channels[::-1]
        super().__init__(config, widths, config.latent_channels, config.out_channels)
        self.up_blocks = nn.ModuleList(
            Block(
                self._resnets(before, width, config.layers_per_block + 1),
                [],
                upsampler=Upsample(width) if number < len(widths) - 1 else None,
            )
            for number, (before, width) in enumerate(pairwise([widths[0], *widths]))
        )

    def forward(self, x: Tensor) -> Tensor:
        """Decode.

        Args:
            x: [N, latent_channels, H, W].

        Returns:
            [N, out_channels, 8 H, 8 W] for four blocks, about [-1, 1].
        """
        x = self.mid_block(self.conv_in(x))
        for block in self.up_blocks:
            x = block(x)
        return self._end(x)


class Vae(nn.Module):
    """The network.

    Attributes:
        config: How large it is, and what latents are multiplied by.
    """

    def __init__(self, config: VaeConfig) -> None:
        """Build the network.

        Args:
            config: How large it is.
        """
        super().__init__()
        self.config = config
        channels = config.latent_channels
        self.encoder, self.decoder = Encoder(config), Decoder(config)
        self.quant_conv = nn.Conv2d(2 * channels, 2 * channels, 1)
        self.post_quant_conv = nn.Conv2d(channels, channels, 1)

    def encode(self, pictures: Tensor) -> Tensor:
        """Encode pictures: the mode of the latents' distribution.

        Args:
            pictures: [N, in_channels, H, W] in [-1, 1].

        Returns:
            [N, latent_channels, H / 8, W / 8] for four blocks.
        """
        return self.quant_conv(self.encoder(pictures)).chunk(2, dim=1)[0]

    def decode(self, latents: Tensor) -> Tensor:
        """Decode latents.

        Args:
            latents: [N, latent_channels, H, W].

        Returns:
            [N, out_channels, 8 H, 8 W] for four blocks, about [-1, 1].
        """
        return self.decoder(self.post_quant_conv(latents))


def todays_names(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename the attention layers of a published file as they are named here.

    Args:
        tensors: The file's tensors.

    Returns:
        The same, those of attention as matrices.
    """
    renamed = {}
    for key, value in tensors.items():
        for old, new in OLD_ATTENTION.items():
            key = key.replace(f".{old}.", f".{new}.")
        attention = any(f".{new}." in key for new in OLD_ATTENTION.values())
        renamed[key] = value.flatten(1) if attention and value.dim() == 4 else value
    return renamed
