"""Networks made faster for a GPU, without another result but for rounding.

- A residual block normalizes, activates and adds in few passes over memory (`kernels`).
- A nearest-neighbour enlargement and the convolution after it are one transposed convolution of
  four by four: each output pixel sees two by two pixels of the small picture, whose weights are
  sums of the nine. That is four ninths of the arithmetic, and the enlarged picture is never stored.
"""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...networks import attention, resnet
from .kernels import added, gated, normalized


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


class Gated(nn.Module):
    """A `Geglu`."""

    def __init__(self, geglu: attention.Geglu) -> None:
        super().__init__()
        self.proj = geglu.proj

    def forward(self, x: Tensor) -> Tensor:
        """Project, and weigh one half by the other.

        Args:
            x: [..., C].

        Returns:
            [..., D].
        """
        return gated(self.proj(x))


class Transformer(nn.Module):
    """A `Transformer` whose pictures stay as they lie in memory."""

    def __init__(self, model: attention.Transformer) -> None:
        super().__init__()
        self.norm, self.transformer_blocks = model.norm, model.transformer_blocks
        self.proj_in, self.proj_out = model.proj_in, model.proj_out

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Apply the model.

        Args:
            x: [N, C, H, W].
            context: What is attended to, [N, L, E].

        Returns:
            [N, C, H, W].
        """
        height, width = x.shape[2:]
        hidden = normalized(x, self.norm).permute(0, 2, 3, 1).flatten(1, 2)
        hidden = functional.linear(hidden, self.proj_in.weight.flatten(1), self.proj_in.bias)
        for block in self.transformer_blocks:
            hidden = block(hidden, context)
        hidden = functional.linear(hidden, self.proj_out.weight.flatten(1))
        hidden = hidden.unflatten(1, (height, width)).permute(0, 3, 1, 2)
        assert self.proj_out.bias is not None
        return added(hidden, x, self.proj_out.bias)


class Resnet(nn.Module):
    """A `Resnet` whose time step is the same for all pictures."""

    def __init__(self, block: resnet.Resnet) -> None:
        super().__init__()
        self.norm1, self.norm2 = NormSilu(block.norm1), NormSilu(block.norm2)
        self.conv1, self.conv2 = block.conv1, block.conv2
        self.shortcut, self.time = block.conv_shortcut, block.time_emb_proj
        self.bias1, self.bias2 = _without_bias(self.conv1), _without_bias(self.conv2)
        self.bias0: nn.Parameter | None = None
        if self.shortcut is not None:
            self.bias2 = nn.Parameter(self.bias2 + _without_bias(self.shortcut), False)

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


def fuse(network: Any) -> Any:
    """Replace the blocks of a UNet or VAE by faster ones, in place.

    Args:
        network: The network, on a GPU, with channels innermost.

    Returns:
        The same network.
    """
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, resnet.Resnet):
                setattr(parent, name, Resnet(child))
            elif isinstance(child, attention.Transformer):
                setattr(parent, name, Transformer(child))
            elif isinstance(child, attention.Geglu):
                setattr(parent, name, Gated(child))
            elif isinstance(child, resnet.Upsample):
                setattr(parent, name, Enlarged(child))
    for part in ("encoder", "decoder"):
        coder = getattr(network, part, None)
        if coder is not None:
            coder.conv_norm_out, coder.conv_act = NormSilu(coder.conv_norm_out), nn.Identity()
    if getattr(network, "decoder", None) is not None:
        blocks = network.decoder.up_blocks
        for block, following in pairwise(blocks):
            following.resnets[0].add_before(_without_bias(block.upsamplers[0].conv))
    return network


def _without_bias(convolution: nn.Module) -> nn.Parameter:
    """Take a convolution's bias away, to add it elsewhere."""
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
