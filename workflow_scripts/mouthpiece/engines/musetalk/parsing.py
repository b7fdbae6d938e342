"""What each pixel of a face is: BiSeNet, 19 classes of CelebAMask-HQ.

Yu et al., "BiSeNet", arXiv:1808.00897, with resnet18 as the context path and, in place of the
spatial path, that network's own features at an eighth. Module names are those of the public
weights, `79999_iter.pth`.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...networks.resnet18 import Resnet18

CLASSES = 19

SKIN, NOSE, MOUTH, UPPER_LIP, LOWER_LIP, NECK = 1, 10, 11, 12, 13, 14

SIDE_PX = 512
"""Side of the pictures that the network was trained on."""

MEAN = (0.485, 0.456, 0.406)

DEVIATION = (0.229, 0.224, 0.225)


class Convolution(nn.Module):
    """Convolution, batch normalization, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layers.

        Args:
            x: [N, inputs, H, W].

        Returns:
            [N, outputs, H, W].
        """
        return functional.relu(self.bn(self.conv(x)))


class AttentionRefinement(nn.Module):
    """Weighs channels by what the whole picture says (section 3.2)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = Convolution(inputs, outputs)
        self.conv_atten = nn.Conv2d(outputs, outputs, 1, bias=False)
        self.bn_atten = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Weigh the channels.

        Args:
            x: [N, inputs, H, W].

        Returns:
            [N, outputs, H, W].
        """
        features = self.conv(x)
        pooled = features.mean((2, 3), keepdim=True)
        return features * torch.sigmoid(self.bn_atten(self.conv_atten(pooled)))


class FeatureFusion(nn.Module):
    """Joins the two paths (section 3.3)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convblk = Convolution(channels, channels, 1)
        self.conv1 = nn.Conv2d(channels, channels // 4, 1, bias=False)
        self.conv2 = nn.Conv2d(channels // 4, channels, 1, bias=False)

    def forward(self, spatial: Tensor, context: Tensor) -> Tensor:
        """Join the two paths.

        Args:
            spatial: [N, channels / 2, H, W].
            context: [N, channels / 2, H, W].

        Returns:
            [N, channels, H, W].
        """
        features = self.convblk(torch.cat([spatial, context], dim=1))
        pooled = features.mean((2, 3), keepdim=True)
        weight = torch.sigmoid(self.conv2(functional.relu(self.conv1(pooled))))
        return features + features * weight


class Head(nn.Module):
    """Scores of the classes."""

    def __init__(self, inputs: int, middle: int) -> None:
        super().__init__()
        self.conv = Convolution(inputs, middle)
        self.conv_out = nn.Conv2d(middle, CLASSES, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Score the classes.

        Args:
            x: [N, inputs, H, W].

        Returns:
            [N, 19, H, W].
        """
        return self.conv_out(self.conv(x))


class ContextPath(nn.Module):
    """Resnet18 with attention refinement at a sixteenth and a thirty-second."""

    def __init__(self) -> None:
        super().__init__()
        self.resnet = Resnet18()
        self.arm16 = AttentionRefinement(256, 128)
        self.arm32 = AttentionRefinement(512, 128)
        self.conv_head32 = Convolution(128, 128)
        self.conv_head16 = Convolution(128, 128)
        self.conv_avg = Convolution(512, 128, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Compute features.

        Args:
            x: Normalized RGB, [N, 3, H, W].

        Returns:
            The features at an eighth of the size: the plain and the refined ones.
        """
        eighth, sixteenth, last = self.resnet(x)
        whole = self.conv_avg(last.mean((2, 3), keepdim=True))
        up32 = functional.interpolate(self.arm32(last) + whole, sixteenth.shape[2:])
        up16 = self.arm16(sixteenth) + self.conv_head32(up32)
        return eighth, self.conv_head16(functional.interpolate(up16, eighth.shape[2:]))


class BiSeNet(nn.Module):
    """The whole network; the heads that only training uses are left out."""

    TRAINING_ONLY = ("conv_out16.", "conv_out32.")

    def __init__(self) -> None:
        super().__init__()
        self.cp = ContextPath()
        self.ffm = FeatureFusion(256)
        self.conv_out = Head(256, 256)

    def forward(self, x: Tensor) -> Tensor:
        """Score the classes of each pixel.

        Args:
            x: Normalized RGB, [N, 3, H, W].

        Returns:
            Scores, [N, 19, H, W].
        """
        scores = self.conv_out(self.ffm(*self.cp(x)))
        return functional.interpolate(scores, x.shape[2:], mode="bilinear", align_corners=True)


def normalize(pictures: Tensor, dtype: torch.dtype) -> Tensor:
    """Bring pictures to the form that the network takes.

    Args:
        pictures: RGB, [N, H, W, 3] uint8.
        dtype: The network's precision.

    Returns:
        [N, 3, H, W].
    """
    # Number by number: to copy a tensor of them to the GPU waits for all that it was given.
    channels = (pictures.float() / 255).unbind(-1)
    scaled = [
        (channel - mean) / deviation
        for channel, mean, deviation in zip(channels, MEAN, DEVIATION, strict=True)
    ]
    return torch.stack(scaled, 1).to(dtype)


def labels(network: nn.Module, pictures: Tensor, dtype: torch.dtype) -> Tensor:
    """Tell the class of each pixel.

    Args:
        network: A `BiSeNet`.
        pictures: RGB, [N, H, W, 3] uint8.
        dtype: The network's precision.

    Returns:
        [N, H, W] uint8.
    """
    return network(normalize(pictures, dtype)).argmax(1).to(torch.uint8)
