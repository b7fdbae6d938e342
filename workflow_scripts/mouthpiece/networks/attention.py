"""Attention over the pixels of a feature map, and over what a picture is made from.

Vaswani et al., arXiv:1706.03762; as latent diffusion uses it, arXiv:2112.10752. Names of modules
are those of the weights that are published in diffusers' layout.
"""

from torch import Tensor, nn
from torch.nn import functional

NORM_EPS = 1e-6


class Attention(nn.Module):
    """Attention of several heads."""

    def __init__(self, width: int, heads: int, context: int | None = None) -> None:
        """Build the layer.

        Args:
            width: Width of what asks.
            heads: Heads; the width is parted among them.
            context: Width of what is attended to; None: what asks attends to itself.
        """
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(context or width, width, bias=False)
        self.to_v = nn.Linear(context or width, width, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """Attend.

        Args:
            x: [N, P, width].
            context: What is attended to, [N, L, context]; None: `x`.

        Returns:
            [N, P, width].
        """
        seen = x if context is None else context
        return self.to_out[0](attend(self.to_q(x), self.to_k(seen), self.to_v(seen), self.heads))


def attend(query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
    """Attend with several heads.

    Args:
        query: [N, P, C].
        key: [N, L, C].
        value: [N, L, C].
        heads: Heads.

    Returns:
        [N, P, C].
    """
    parted = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (query, key, value))
    return functional.scaled_dot_product_attention(*parted).transpose(1, 2).flatten(2)


class Geglu(nn.Module):
    """A layer of which one half weighs the other (Shazeer, arXiv:2002.05202)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        """Build the layer.

        Args:
            inputs: Width of what it is given.
            outputs: Width of what it gives.
        """
        super().__init__()
        self.proj = nn.Linear(inputs, 2 * outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Project, and weigh.

        Args:
            x: [..., inputs].

        Returns:
            [..., outputs].
        """
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * functional.gelu(gate)


class FeedForward(nn.Module):
    """Two layers, four times as wide between."""

    def __init__(self, width: int) -> None:
        """Build the layers.

        Args:
            width: Their width.
        """
        super().__init__()
        # The second had dropout in training.
        self.net = nn.ModuleList(
            [Geglu(width, 4 * width), nn.Identity(), nn.Linear(4 * width, width)]
        )

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layers.

        Args:
            x: [..., width].

        Returns:
            [..., width].
        """
        return self.net[2](self.net[0](x))


class TransformerBlock(nn.Module):
    """Attention to oneself, to a context, and a feed-forward layer."""

    def __init__(self, width: int, heads: int, context: int) -> None:
        """Build the block.

        Args:
            width: Width of the features.
            heads: Heads.
            context: Width of the context.
        """
        super().__init__()
        self.norm1, self.attn1 = nn.LayerNorm(width), Attention(width, heads)
        self.norm2, self.attn2 = nn.LayerNorm(width), Attention(width, heads, context)
        self.norm3, self.ff = nn.LayerNorm(width), FeedForward(width)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Apply the block.

        Args:
            x: [N, P, width].
            context: [N, L, context].

        Returns:
            [N, P, width].
        """
        x = x + self.attn1(self.norm1(x))
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class Transformer(nn.Module):
    """A transformer over the pixels of a feature map, added to it."""

    def __init__(self, channels: int, heads: int, context: int, groups: int) -> None:
        """Build the transformer.

        Args:
            channels: Channels of the map.
            heads: Heads.
            context: Width of the context.
            groups: Groups of channels that are normalized together.
        """
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, NORM_EPS)
        self.proj_in = nn.Conv2d(channels, channels, 1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(channels, heads, context)])
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Apply the transformer.

        Args:
            x: [N, C, H, W].
            context: [N, L, context].

        Returns:
            [N, C, H, W].
        """
        height, width = x.shape[2:]
        hidden = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        for block in self.transformer_blocks:
            hidden = block(hidden, context)
        hidden = hidden.transpose(1, 2).unflatten(2, (height, width))
        return x + self.proj_out(hidden)


class PixelAttention(nn.Module):
    """Attention of a feature map to itself, with one head, added to it: the VAE's."""

    def __init__(self, channels: int, groups: int) -> None:
        """Build the layer.

        Args:
            channels: Channels of the map.
            groups: Groups of channels that are normalized together.
        """
        super().__init__()
        self.group_norm = nn.GroupNorm(groups, channels, NORM_EPS)
        self.to_q = nn.Linear(channels, channels)
        self.to_k = nn.Linear(channels, channels)
        self.to_v = nn.Linear(channels, channels)
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def forward(self, x: Tensor) -> Tensor:
        """Attend.

        Args:
            x: [N, C, H, W].

        Returns:
            [N, C, H, W].
        """
        height, width = x.shape[2:]
        seen = self.group_norm(x).flatten(2).transpose(1, 2)
        found = attend(self.to_q(seen), self.to_k(seen), self.to_v(seen), 1)
        return x + self.to_out[0](found).transpose(1, 2).unflatten(2, (height, width))
