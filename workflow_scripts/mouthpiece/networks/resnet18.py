"""Resnet18, without its classifier (He et al., arXiv:1512.03385).

Names of modules are those of the weights that are published in torchvision's layout.
"""

from torch import Tensor, nn
from torch.nn import functional

WIDTHS = (64, 128, 256, 512)


class Residual(nn.Module):
    """Two convolutions, added to what they were given."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        """Build the block.

        Args:
            inputs: Channels that it is given.
            outputs: Channels that it gives.
            stride: What the sides are divided by.
        """
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.

        Args:
            x: [N, inputs, H, W].

        Returns:
            [N, outputs, H / stride, W / stride].
        """
        hidden = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        return functional.relu(hidden + (x if self.downsample is None else self.downsample(x)))


class Resnet18(nn.Module):
    """The network's features."""

    def __init__(self) -> None:
        """Build the network."""
        super().__init__()
        self.conv1 = nn.Conv2d(3, WIDTHS[0], 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(WIDTHS[0])
        self.layer1 = _layer(WIDTHS[0], WIDTHS[0], 1)
        self.layer2 = _layer(WIDTHS[0], WIDTHS[1], 2)
        self.layer3 = _layer(WIDTHS[1], WIDTHS[2], 2)
        self.layer4 = _layer(WIDTHS[2], WIDTHS[3], 2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Compute features.

        Args:
            x: Normalized RGB, [N, 3, H, W].

        Returns:
            Those at an eighth, a sixteenth and a thirty-second of the sides, with 128, 256 and 512
            channels.
        """
        x = functional.max_pool2d(functional.relu(self.bn1(self.conv1(x))), 3, 2, padding=1)
        eighth = self.layer2(self.layer1(x))
        sixteenth = self.layer3(eighth)
        return eighth, sixteenth, self.layer4(sixteenth)


def _layer(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(Residual(inputs, outputs, stride), Residual(outputs, outputs, 1))
