"""The UNet of latent diffusion over several frames of a film at once.

Guo et al., arXiv:2307.04725 (motion modules), in the shape of Li et al., arXiv:2412.09262. Frames
lie in the batch, as [B * F, C, H, W]: convolutions and attention to sound know one frame each. What
ties frames together is the normalization of residual blocks, whose statistics are of all of them,
and the motion modules. Names of modules and of the config's keys are those of published weights.
"""

from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from .attention import Transformer
from .motion import MotionConfig, MotionModule
from .resnet import Downsample, Resnet, Upsample
from .unet import Block, UNet, UNetSizes


class VideoUNetConfig(UNetSizes):
    """The keys of a published config, section `model`, that say how large the network is."""

    down_block_types: list[Literal["CrossAttnDownBlock3D", "DownBlock3D"]]
    up_block_types: list[Literal["CrossAttnUpBlock3D", "UpBlock3D"]]
    mid_block_type: Literal["UNetMidBlock3DCrossAttn"] = "UNetMidBlock3DCrossAttn"
    add_audio_layer: Literal[True]
    resnet_time_scale_shift: Literal["default"] = "default"
    use_inflated_groupnorm: Literal[False] = False
    use_motion_module: Literal[True]
    motion_module_type: Literal["Vanilla"]
    motion_module_resolutions: Annotated[list[int], Field(min_length=1, max_length=8)]
    motion_module_mid_block: Literal[False] = False
    motion_module_decoder_only: Literal[False] = False
    motion_module_kwargs: MotionConfig


class SoundTransformer(Transformer):
    """A transformer over the pixels of frames that hear something, or nothing."""

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Apply the transformer.

        Args:
            x: [N, C, H, W].
            context: What the last frames hear, [N or less, L, context]; the others hear nothing.

        Returns:
            [N, C, H, W].
        """
        silent = len(x) - len(context)
        return super().forward(x, functional.pad(context, (0, 0, 0, 0, silent, 0)))


class ChunkNorm(nn.GroupNorm):
    """Normalization of groups of channels over all frames of a chunk."""

    def forward(self, x: Tensor, frames: int = 1) -> Tensor:
        """Normalize.

        Args:
            x: [B * F, C, H, W].
            frames: F.

        Returns:
            [B * F, C, H, W].
        """
        chunks = x.unflatten(0, (-1, frames)).transpose(1, 2)
        return super().forward(chunks).transpose(1, 2).flatten(0, 1)


class VideoResnet(Resnet):
    """A residual block that normalizes over all frames of a chunk."""

    def __init__(
        self, inputs: int, outputs: int, groups: int, eps: float, embedding: int | None = None
    ) -> None:
        """Build the block.

        Args:
            inputs: See `Resnet`.
            outputs: See `Resnet`.
            groups: See `Resnet`.
            eps: See `Resnet`.
            embedding: See `Resnet`.
        """
        super().__init__(inputs, outputs, groups, eps, embedding)
        self.norm1, self.norm2 = ChunkNorm(groups, inputs, eps), ChunkNorm(groups, outputs, eps)

    def forward(self, x: Tensor, time: Tensor | None = None) -> Tensor:
        """Apply the block.

        Args:
            x: [B * F, inputs, H, W].
            time: The embedded time step, [B, embedding].

        Returns:
            [B * F, outputs, H, W].
        """
        assert time is not None and self.time_emb_proj is not None
        frames = len(x) // len(time)
        moved = self.time_emb_proj(functional.silu(time)).repeat_interleave(frames, 0)
        hidden = self.conv1(functional.silu(self.norm1(x, frames)))
        hidden = hidden + moved[:, :, None, None]
        hidden = self.conv2(functional.silu(self.norm2(hidden, frames)))
        return (x if self.conv_shortcut is None else self.conv_shortcut(x)) + hidden


class VideoBlock(Block):
    """A block of the way down or up whose layers end with a motion module."""

    def __init__(
        self,
        resnets: list[Resnet],
        attentions: list[Transformer],
        motion_modules: list[MotionModule],
        downsampler: Downsample | None,
        upsampler: Upsample | None,
    ) -> None:
        """Join the parts.

        Args:
            resnets: See `Block`.
            attentions: See `Block`.
            motion_modules: What each layer ends with.
            downsampler: See `Block`.
            upsampler: See `Block`.
        """
        super().__init__(resnets, attentions, downsampler, upsampler)
        self.motion_modules = nn.ModuleList(motion_modules)

    def _layer(self, number: int, x: Tensor, time: Tensor, context: Tensor) -> Tensor:
        x = super()._layer(number, x, time, context)
        return self.motion_modules[number](x, len(x) // len(time))


class VideoUNet(UNet):
    """The network."""

    config: VideoUNetConfig

    def __init__(self, config: VideoUNetConfig) -> None:
        """Build the network.

        Args:
            config: How large it is.

        Raises:
            ValueError: Some block would have no motion module: no published network is so.
        """
        resolutions = [2**number for number in range(len(config.block_out_channels))]
        if config.motion_module_resolutions != resolutions:
            raise ValueError(f"motion_module_resolutions is not {resolutions}")
        super().__init__(config)
        self.conv_norm_out = ChunkNorm(
            config.norm_num_groups, config.block_out_channels[0], config.norm_eps
        )

    @property
    def longest(self) -> int:
        """Frames that can be drawn at once, at most."""
        return self.config.motion_module_kwargs.temporal_position_encoding_max_len

    def forward(self, x: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
        """Predict.

        Args:
            x: Latents of B chunks of F frames, [B, in_channels, F, H, W].
            timestep: [1].
            context: What each frame attends to, [B * F, L, cross_attention_dim]; what it lacks are
                the first chunks, which hear nothing.

        Returns:
            [B, out_channels, F, H, W].
        """
        return self.predict(x, timestep, context)[0]

    def predict(
        self, x: Tensor, timestep: Tensor, context: Tensor, deep: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Predict, with the deep layers' work of an earlier step or without.

        From step to step it changes little (Ma et al., DeepCache, arXiv:2312.00858).

        Args:
            x: See `forward`.
            timestep: See `forward`.
            context: See `forward`.
            deep: What an earlier step of the same chunks returned; None: all layers work.

        Returns:
            What `forward` returns; and the deep layers' work, [B * F, C, H, W].
        """
        time = self.time_embedding(timestep.expand(len(x)))
        first = self.conv_in(x.transpose(1, 2).flatten(0, 1))
        if deep is None:
            deep = self._deep(first, time, context)
        found = self._end(self._last_layer(deep, first, time, context), time)
        return found.unflatten(0, (len(x), -1)).transpose(1, 2), deep

    def _end(self, x: Tensor, time: Tensor) -> Tensor:
        return self.conv_out(self.conv_act(self.conv_norm_out(x, len(x) // len(time))))

    def _resnet(self, inputs: int, outputs: int) -> Resnet:
        config = self.config
        embedding = 4 * config.block_out_channels[0]
        return VideoResnet(inputs, outputs, config.norm_num_groups, config.norm_eps, embedding)

    def _transformer(self, channels: int) -> Transformer:
        config = self.config
        heads, groups = config.attention_head_dim, config.norm_num_groups
        return SoundTransformer(channels, heads, config.cross_attention_dim, groups)

    def _block(
        self,
        resnets: list[Resnet],
        attentions: list[Transformer],
        width: int,
        downsampler: Downsample | None = None,
        upsampler: Upsample | None = None,
    ) -> Block:
        groups, motion = self.config.norm_num_groups, self.config.motion_module_kwargs
        modules = [MotionModule(width, groups, motion) for _ in resnets]
        return VideoBlock(resnets, attentions, modules, downsampler, upsampler)
