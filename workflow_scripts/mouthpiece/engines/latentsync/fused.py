"""LatentSync's networks made faster for a GPU, without another result but for rounding.

- What is added to features (biases, residuals) is added where they are read or written anyway.
- Queries, keys and values are one product. Their sums with the codes of frames are none: the code's
  own product is computed once, and added in the kernel that attends over frames (`kernels`).
- That kernel reads and writes features as they lie in memory; nothing is transposed.
- Frames that hear nothing attend to nothing: that is left out.
- All chunks are at the same time step, so that its embedding is one bias for all of them.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...networks import attention, fused, motion, resnet, video_unet
from ...networks.attention import attend
from ...networks.kernels import (
    added,
    attended_over_frames,
    gated,
    layer_normalized,
    normalized,
)


class Features:
    """The features of pixels on their way through a transformer.

    Attributes:
        values: [N, P, C], to which layers add in place.
        bias: What is still to be added to all of them, [C].
    """

    def __init__(self, values: Tensor, bias: Tensor) -> None:
        self.values, self.bias = values, bias

    def add(self, found: Tensor, layer: Any) -> None:
        """Add a layer's result.

        Args:
            found: What the layer is given, [N, P, D].
            layer: A linear one to C features, with a bias.
        """
        self.values.flatten(0, 1).addmm_(found.flatten(0, 1), layer.weight.t())
        self.bias = self.bias + layer.bias

    def normalized(self, norm: Any) -> Tensor:
        """Normalize them.

        Args:
            norm: How: a layer.

        Returns:
            [N, P, C].
        """
        return layer_normalized(self.values, norm, self.bias)


def _together(layer: Any) -> nn.Parameter:
    """The weights of queries, keys and values, [3 C, C]."""
    parts = (layer.to_q.weight, layer.to_k.weight, layer.to_v.weight)
    return nn.Parameter(torch.cat(parts), False)


class TransformerBlock(nn.Module):
    """A `TransformerBlock`."""

    def __init__(self, block: Any) -> None:
        super().__init__()
        self.norm1, self.norm2, self.norm3 = block.norm1, block.norm2, block.norm3
        self.qkv, self.heads = _together(block.attn1), block.attn1.heads
        self.out, self.attn2 = block.attn1.to_out[0], block.attn2
        self.proj, self.last = block.ff.net[0].proj, block.ff.net[2]

    def forward(self, x: Features, context: Tensor) -> None:
        """Add the block's work.

        Args:
            x: The features.
            context: What the last frames hear, [N or less, L, E]; the others hear nothing.
        """
        seen = functional.linear(x.normalized(self.norm1), self.qkv)
        query, key, value = seen.chunk(3, -1)
        x.add(attend(query, key, value, self.heads), self.out)
        hearing = Features(x.values[len(x.values) - len(context) :], x.bias)
        out = self.attn2.to_out[0]
        if len(context):
            query = self.attn2.to_q(hearing.normalized(self.norm2))
            key, value = self.attn2.to_k(context), self.attn2.to_v(context)
            hearing.add(attend(query, key, value, self.heads), out)
        x.bias = x.bias + out.bias  # keys and values have none: of silence, nothing else is left
        x.add(gated(self.proj(x.normalized(self.norm3))), self.last)


class TemporalBlock(nn.Module):
    """A `TemporalBlock`."""

    def __init__(self, block: Any) -> None:
        super().__init__()
        self.norms, self.ff_norm = block.norms, block.ff_norm
        layers = list(block.attention_blocks)
        self.heads = layers[0].heads
        self.outs = nn.ModuleList(layer.to_out[0] for layer in layers)
        self.qkv = nn.ParameterList(_together(layer) for layer in layers)
        self.places = nn.ParameterList(
            nn.Parameter((layer.pos_encoder.pe[0].float() @ weight.float().t()).to(weight), False)
            for layer, weight in zip(layers, self.qkv, strict=True)
        )
        self.proj, self.last = block.ff.net[0].proj, block.ff.net[2]

    def forward(self, x: Features, frames: int) -> None:
        """Add the block's work.

        Args:
            x: The features.
            frames: Frames of a chunk.
        """
        for norm, qkv, places, out in zip(
            self.norms, self.qkv, self.places, self.outs, strict=True
        ):
            seen = functional.linear(x.normalized(norm), qkv)
            x.add(attended_over_frames(seen, places, frames, self.heads), out)
        x.add(gated(self.proj(x.normalized(self.ff_norm))), self.last)


class Over(nn.Module):
    """A transformer over a feature map, added to it: a `Transformer` or `TemporalTransformer`."""

    def __init__(self, model: Any, block: type[nn.Module]) -> None:
        super().__init__()
        self.norm, self.proj_in, self.proj_out = model.norm, model.proj_in, model.proj_out
        self.blocks = nn.ModuleList(block(each) for each in model.transformer_blocks)

    def forward(self, x: Tensor, way: Any) -> Tensor:
        """Apply the transformer.

        Args:
            x: [N, C, H, W].
            way: What the blocks are given beside features: a context, or how many frames.

        Returns:
            [N, C, H, W].
        """
        height, width = x.shape[2:]
        hidden = normalized(x, self.norm).permute(0, 2, 3, 1).flatten(1, 2)
        hidden = functional.linear(hidden, self.proj_in.weight.flatten(1))
        features = Features(hidden, self.proj_in.bias)
        for block in self.blocks:
            block(features, way)
        weight = self.proj_out.weight.flatten(1)
        hidden = functional.linear(features.values, weight)
        hidden = hidden.unflatten(1, (height, width)).permute(0, 3, 1, 2)
        return added(hidden, x, self.proj_out.bias + weight @ features.bias)


class ChunkNorm(nn.Module):
    """A `ChunkNorm` and SiLU."""

    def __init__(self, norm: nn.GroupNorm) -> None:
        super().__init__()
        self.norm = norm

    def forward(self, x: Tensor, frames: int, bias: Tensor | None = None) -> Tensor:
        """Normalize and activate.

        Args:
            x: [B * F, C, H, W].
            frames: F.
            bias: What is added to it before, [C].

        Returns:
            [B * F, C, H, W].
        """
        number, channels, height, width = x.shape
        rows = x.contiguous(memory_format=torch.channels_last).permute(0, 2, 3, 1)
        tall = rows.reshape(number // frames, frames * height, width, channels)
        found = normalized(tall.permute(0, 3, 1, 2), self.norm, bias, silu=True)
        rows = found.permute(0, 2, 3, 1).reshape(number, height, width, channels)
        return rows.permute(0, 3, 1, 2)


class VideoResnet(nn.Module):
    """A `VideoResnet`."""

    def __init__(self, block: Any) -> None:
        super().__init__()
        self.norm1, self.norm2 = ChunkNorm(block.norm1), ChunkNorm(block.norm2)
        self.conv1, self.conv2, self.time = block.conv1, block.conv2, block.time_emb_proj
        self.shortcut = block.conv_shortcut
        self.bias1, self.bias2 = fused.without_bias(self.conv1), fused.without_bias(self.conv2)
        if self.shortcut is not None:
            self.bias2 = nn.Parameter(self.bias2 + fused.without_bias(self.shortcut), False)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        """Apply the block.

        Args:
            x: [B * F, C, H, W].
            time: The embedded time step, [B, E], one for all.

        Returns:
            [B * F, C', H, W].
        """
        frames = len(x) // len(time)
        bias = self.bias1 + self.time(functional.silu(time[:1]))[0]
        hidden = self.conv2(self.norm2(self.conv1(self.norm1(x, frames)), frames, bias))
        return added(hidden, x if self.shortcut is None else self.shortcut(x), self.bias2)


def fuse_unet(unet: Any) -> None:
    """Replace the blocks of the UNet by faster ones, in place.

    Args:
        unet: The `VideoUNet`, on a GPU, with channels innermost.
    """
    for parent in list(unet.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, video_unet.VideoResnet):
                setattr(parent, name, VideoResnet(child))
            elif isinstance(child, attention.Transformer):
                setattr(parent, name, Over(child, TransformerBlock))
            elif isinstance(child, motion.TemporalTransformer):
                setattr(parent, name, Over(child, TemporalBlock))
            elif isinstance(child, resnet.Upsample):
                setattr(parent, name, fused.Enlarged(child))
    unet.conv_norm_out, unet.conv_act = ChunkNorm(unet.conv_norm_out), nn.Identity()
