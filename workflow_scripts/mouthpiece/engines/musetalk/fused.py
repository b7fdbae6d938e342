"""MuseTalk's UNet made faster for a GPU, without another result but for rounding.

See `networks.fused`. Triton is not everywhere: this module is imported where
`networks.acceleration.kernels_run` says so.
"""

from torch import Tensor, nn
from torch.nn import functional

from ...networks import attention
from ...networks.fused import fuse_resnets
from ...networks.kernels import added, gated, normalized


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


def fuse_unet(unet: nn.Module) -> None:
    """Replace the blocks of the UNet by faster ones, in place.

    Args:
        unet: The network, on a GPU, with channels innermost.
    """
    fuse_resnets(unet)
    for parent in list(unet.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, attention.Transformer):
                setattr(parent, name, Transformer(child))
            elif isinstance(child, attention.Geglu):
                setattr(parent, name, Gated(child))
