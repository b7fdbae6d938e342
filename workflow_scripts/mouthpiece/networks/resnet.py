"""Residual blocks of convolutions, and changes of size between them.

Rombach et al., arXiv:2112.10752. Names of modules are those of the weights that are published in
diffusers' layout.
"""

from torch import Tensor, nn
from torch.nn import functional


class Resnet(nn.Module):
    """Two convolutions, added to what they were given."""

    def __init__(
        self, inputs: int, outputs: int, groups: int, eps: float, embedding: int | None = None
    ) -> None:
        """Build the block.

        Args:
            inputs: Channels that it is given.
            outputs: Channels that it gives.
            groups: Groups of channels that are normalized together.
            eps: What is added to their variance.
            embedding: Width of the embedded time step; None where there is none.
        """
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, inputs, eps)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time_emb_proj = nn.Linear(embedding, outputs) if embedding else None
        self.norm2 = nn.GroupNorm(groups, outputs, eps)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, x: Tensor, time: Tensor | None = None) -> Tensor:
        """Apply the block.

        Args:
            x: [N, inputs, H, W].
            time: The embedded time step, [N or 1, embedding].

        Returns:
            [N, outputs, H, W].
        """
        hidden = self.conv1(functional.silu(self.norm1(x)))
        if self.time_emb_proj is not None and time is not None:
            hidden = hidden + self.time_emb_proj(functional.silu(time))[:, :, None, None]
        hidden = self.conv2(functional.silu(self.norm2(hidden)))
        return (x if self.conv_shortcut is None else self.conv_shortcut(x)) + hidden


class Downsample(nn.Module):
    """A convolution that halves the sides."""

    def __init__(self, channels: int, padding: int) -> None:
        """Build the layer.

        Args:
            channels: Channels.
            padding: Zeros on every side; 0: one below and one to the right, as the VAE has it.
        """
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2, padding=padding)
        self._padding = padding

    def forward(self, x: Tensor) -> Tensor:
        """Halve the sides.

        Args:
            x: [N, C, H, W].

        Returns:
            [N, C, H / 2, W / 2].
        """
        return self.conv(x if self._padding else functional.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    """An enlargement by repetition, and a convolution."""

    def __init__(self, channels: int) -> None:
        """Build the layer.

        Args:
            channels: Channels.
        """
        super().__init__()
        self.conv: nn.Module = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Double the sides.

        Args:
            x: [N, C, H, W].

        Returns:
            [N, C, 2 H, 2 W].
        """
        return self.conv(functional.interpolate(x, scale_factor=2, mode="nearest"))
