"""Blocks of networks made faster for a GPU, without another result but for rounding.

- A residual block normalizes, activates and adds in few passes over memory (`kernels`).
- A nearest-neighbour enlargement and the convolution after it are one transposed convolution of
  four by four: each output pixel sees two by two pixels of the small picture, whose weights are
  sums of the nine. That is four ninths of the arithmetic, and the enlarged picture is never stored.

Triton is not everywhere: this module is imported where `acceleration.kernels_run` says so.
"""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from . import resnet
from .kernels import added, normalized


class NormSilu(nn.Module):
    """Group normalization and SiLU."""

    def __init__(self, norm: nn.GroupNorm) -> None:
        super().__init__()
        self.norm = norm

    def forward(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """Normalize and activate.

        Args:
            x: [N, C, H, W].
            bias: What is added to it before, [C].

        Returns:
            [N, C, H, W].
        """
        return normalized(x, self.norm, bias, silu=True)


class Resnet(nn.Module):
    """A `Resnet` whose time step is the same for all pictures."""

    def __init__(self, block: resnet.Resnet) -> None:
        super().__init__()
        self.norm1, self.norm2 = NormSilu(block.norm1), NormSilu(block.norm2)
        self.conv1, self.conv2 = block.conv1, block.conv2
        self.shortcut, self.time = block.conv_shortcut, block.time_emb_proj
        self.bias1, self.bias2 = without_bias(self.conv1), without_bias(self.conv2)
        self.bias0: nn.Parameter | None = None
        if self.shortcut is not None:
            self.bias2 = nn.Parameter(self.bias2 + without_bias(self.shortcut), False)

    def add_before(self, bias: nn.Parameter) -> None:
        """Let the block add a bias to what it is given, which it was to be given with it.

        Args:
            bias: [C].
        """
        self.bias0 = bias
        passed = bias if self.shortcut is None else self.shortcut.weight.flatten(1) @ bias
        self.bias2 = nn.Parameter(self.bias2 + passed, False)

    def forward(self, x: Tensor, time: Tensor | None = None) -> Tensor:
        """Apply the block.

        Args:
            x: [N, C, H, W].
            time: The embedded time step, [N or 1, E], one for all.

        Returns:
            [N, C', H, W].
        """
        bias = self.bias1
        if self.time is not None and time is not None:
            bias = bias + self.time(functional.silu(time[:1]))[0]
        hidden = self.conv2(self.norm2(self.conv1(self.norm1(x, self.bias0)), bias))
        return added(hidden, x if self.shortcut is None else self.shortcut(x), self.bias2)


class Enlarged(nn.Module):
    """An `Upsample` as one transposed convolution."""

    def __init__(self, layer: resnet.Upsample) -> None:
        super().__init__()
        self.conv = _enlarging(layer.conv)

    def forward(self, x: Tensor) -> Tensor:
        """Double the sides.

        Args:
            x: [N, C, H, W].

        Returns:
            [N, C, 2 H, 2 W].
        """
        return self.conv(x)


def fuse_vae(vae: Any) -> None:
    """Replace the blocks of a VAE by faster ones, in place.

    Args:
        vae: The `Vae`, on a GPU, with channels innermost.
    """
    fuse_resnets(vae)
    for coder in (vae.encoder, vae.decoder):
        coder.conv_norm_out, coder.conv_act = NormSilu(coder.conv_norm_out), nn.Identity()
    for block, following in pairwise(vae.decoder.up_blocks):
        following.resnets[0].add_before(without_bias(block.upsamplers[0].conv))


def fuse_resnets(network: nn.Module) -> None:
    """Replace residual blocks and enlargements by faster ones, in place.

    Args:
        network: A network on a GPU, with channels innermost.
    """
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, resnet.Resnet):
                setattr(parent, name, Resnet(child))
            elif isinstance(child, resnet.Upsample):
                setattr(parent, name, Enlarged(child))


def without_bias(convolution: nn.Module) -> nn.Parameter:
    """Take a convolution's bias away, to add it elsewhere.

    Args:
        convolution: The convolution.

    Returns:
        The bias, [C].
    """
    bias = convolution.bias
    assert isinstance(bias, nn.Parameter)
    convolution.register_parameter("bias", None)
    return bias


def _enlarging(convolution: nn.Module) -> nn.ConvTranspose2d:
    """What enlarges twofold and applies a convolution of three by three."""
    weight, bias = convolution.weight, convolution.bias
    assert isinstance(weight, nn.Parameter) and not isinstance(bias, nn.Module)
    spread = torch.zeros(*weight.shape[:2], 4, 4, dtype=torch.float32, device=weight.device)
    for row in range(2):
        for column in range(2):
            spread[:, :, row : row + 3, column : column + 3] += weight
    with torch.device("meta"):
        made = nn.ConvTranspose2d(weight.shape[1], weight.shape[0], 4, stride=2, padding=1)
    kernel = spread.flip(2, 3).transpose(0, 1).to(weight.dtype)
    made.weight = nn.Parameter(kernel.contiguous(memory_format=torch.channels_last), False)
    made.bias = bias
    return made
