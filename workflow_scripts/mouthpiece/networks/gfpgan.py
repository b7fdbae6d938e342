"""GFPGAN 1.4's network: a U-Net that reads a face, and StyleGAN2, which draws it again.

Wang et al., "Towards Real-World Blind Face Restoration with Generative Facial Prior", CVPR 2021
(arXiv:2101.04061); Karras et al., "Analyzing and Improving the Image Quality of StyleGAN",
arXiv:1912.04958. Names of modules are those of the published weights.

The published code gives each face of a batch kernels of its own. Here what goes into a convolution
is scaled, and what comes out: the same numbers, and one set of kernels for the whole batch.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..core.errors import Fault
from ..weights.load import fill

CHANNELS = (512, 512, 512, 512, 512, 256, 128, 64)
"""StyleGAN2's channels at 4, 8, ... 512 px in the published network. The U-Net has half of them."""

STYLE_FEATURES = 512

SLOPE = 0.2
"""Of every leaky ReLU."""

UNUSED = ("toRGB.", "stylegan_decoder.style_mlp.")
"""Beginnings of published names that only training uses."""


class GfpganNetwork(nn.Module):
    """Draws aligned faces.

    Attributes:
        sizes: `channels` and `style_features`.
    """

    def __init__(
        self, channels: Sequence[int] = CHANNELS, style_features: int = STYLE_FEATURES
    ) -> None:
        """Build the network.

        Args:
            channels: StyleGAN2's at 4 px, 8 px and so on, each side double the last; even numbers.
            style_features: Numbers of the code that each of its layers is given.
        """
        super().__init__()
        self.sizes = tuple(channels), style_features
        halves = [count // 2 for count in channels]
        finest_first = halves[::-1]
        self.conv_body_first = nn.Conv2d(3, finest_first[0], 1)
        self.conv_body_down = nn.ModuleList(
            _Resampled(*pair, factor=0.5) for pair in pairwise(finest_first)
        )
        self.final_conv = nn.Conv2d(halves[0], halves[0], 3, padding=1)
        self.conv_body_up = nn.ModuleList(_Resampled(*pair, factor=2) for pair in pairwise(halves))
        codes = 2 * len(channels)
        self.final_linear = nn.Linear(halves[0] * 4 * 4, codes * style_features)
        self.condition_scale = nn.ModuleList(_condition(count) for count in halves[1:])
        self.condition_shift = nn.ModuleList(_condition(count) for count in halves[1:])
        self.stylegan_decoder = _Decoder(channels, style_features)
        self._codes = codes, style_features

    def forward(self, faces: Tensor) -> Tensor:
        """Draw faces.

        Args:
            faces: RGB in -1..1, [N, 3, S, S]; S is the side of the last of `channels`.

        Returns:
            RGB, about -1..1, [N, 3, S, S] float32.
        """
        features = functional.leaky_relu(self.conv_body_first(faces), SLOPE)
        skips = []
        for down in self.conv_body_down:
            features = down(features)
            skips.append(features)
        features = functional.leaky_relu(self.final_conv(features), SLOPE)
        codes = self.final_linear(features.flatten(1)).unflatten(1, self._codes)
        conditions = []
        layers = zip(self.conv_body_up, self.condition_scale, self.condition_shift, strict=True)
        for up, scale, shift in layers:
            features = up(features + skips.pop())
            conditions.append((scale(features), shift(features)))
        return self.stylegan_decoder(codes, conditions)


def built(published: dict[str, Tensor]) -> GfpganNetwork:
    """Build the network of published tensors, whose shapes tell its sizes.

    Args:
        published: The weight file's tensors, by name.

    Returns:
        The network, ready for inference.

    Raises:
        Fault: The tensors are not GFPGAN's.
    """
    try:
        tensors = {
            name: value[0] if name.endswith("modulated_conv.weight") else value
            for name, value in published.items()
            if not name.startswith(UNUSED)
        }
        sizes = _sizes(tensors)
    except (KeyError, IndexError) as error:
        raise Fault(f"GFPGAN: the weight file does not fit: {error}") from None
    with torch.device("meta"):
        network = GfpganNetwork(*sizes)
    fill(network, tensors)
    return network


def _sizes(tensors: dict[str, Tensor]) -> tuple[list[int], int]:
    """`channels` and `style_features` of the network that tensors belong to."""
    decoder = "stylegan_decoder."
    first = f"{decoder}style_conv1.modulated_conv."
    channels = [tensors[f"{first}weight"].shape[1]]
    while (
        name := f"{decoder}style_convs.{2 * len(channels) - 2}.modulated_conv.weight"
    ) in tensors:
        channels.append(tensors[name].shape[0])
    return channels, tensors[f"{first}modulation.weight"].shape[1]


class _Resampled(nn.Module):
    """Two convolutions with a change of size between them, added to what they were given."""

    def __init__(self, inputs: int, outputs: int, factor: float) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, inputs, 3, padding=1)
        self.conv2 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.skip = nn.Conv2d(inputs, outputs, 1, bias=False)
        self._factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] to [N, outputs, H factor, W factor]."""
        hidden = functional.leaky_relu(self.conv1(x), SLOPE)
        hidden = functional.leaky_relu(self.conv2(_resized(hidden, self._factor)), SLOPE)
        return hidden + self.skip(_resized(x, self._factor))


def _condition(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1),
        nn.LeakyReLU(SLOPE, inplace=True),
        nn.Conv2d(channels, channels, 3, padding=1),
    )


class _Decoder(nn.Module):
    """StyleGAN2, in which the U-Net's features scale and shift half of the channels."""

    def __init__(self, channels: Sequence[int], style_features: int) -> None:
        super().__init__()
        self.constant_input = _Constant(channels[0])
        self.style_conv1 = _StyleConv(channels[0], channels[0], style_features)
        self.to_rgb1 = _ToRgb(channels[0], style_features)
        pairs = [pair for a, b in pairwise(channels) for pair in ((a, b), (b, b))]
        self.style_convs = nn.ModuleList(_StyleConv(*pair, style_features) for pair in pairs)
        self.to_rgbs = nn.ModuleList(_ToRgb(count, style_features) for count in channels[1:])
        sides = [4, *(4 << level for level in range(1, len(channels)) for _ in range(2))]
        self.noises = nn.Module()
        for number, side in enumerate(sides):
            self.noises.register_buffer(f"noise{number}", torch.zeros(1, 1, side, side))

    def forward(self, codes: Tensor, conditions: list[tuple[Tensor, Tensor]]) -> Tensor:
        """Codes [N, layers, F], and scale and shift at 8 px, 16 px, ..., to RGB float32.

        The noise is that of the weights, the same for all faces.
        """
        noises = list(self.noises.buffers())
        x = self.constant_input.weight.expand(len(codes), -1, -1, -1)
        x = self.style_conv1(x, codes[:, 0], noises[0])
        picture = self.to_rgb1(x, codes[:, 1])
        for level, (scale, shift) in enumerate(conditions):
            layer = 2 * level
            x = _resized(x, 2)
            x = self.style_convs[layer](x, codes[:, layer + 1], noises[layer + 1])
            kept, changed = x.chunk(2, 1)
            x = torch.cat([kept, torch.addcmul(shift, changed, scale)], 1)
            x = self.style_convs[layer + 1](x, codes[:, layer + 2], noises[layer + 2])
            drawn = self.to_rgbs[level](x, codes[:, layer + 3])
            picture = _resized(picture, 2) + drawn
        return picture


class _Constant(nn.Module):
    """What StyleGAN2 begins with."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, channels, 4, 4))


class _Modulated(nn.Module):
    """The kernels of a modulated convolution, and what turns a code into scales."""

    def __init__(self, inputs: int, outputs: int, side: int, style_features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, inputs, side, side))
        self.modulation = nn.Linear(style_features, inputs)

    def forward(self, x: Tensor, code: Tensor) -> tuple[Tensor, Tensor]:
        """The convolution of the scaled x, [N, outputs, H, W]; and the scales, [N, inputs]."""
        scales = self.modulation(code)
        x = x * scales[..., None, None]
        return functional.conv2d(x, self.weight, padding=self.weight.shape[-1] // 2), scales

    def norm(self, scales: Tensor) -> Tensor:
        """What brings each scaled kernel to length 1, [N, outputs] float32."""
        energy = self.weight.float().square().sum((2, 3))
        return torch.rsqrt(scales.float().square() @ energy.T + 1e-8)


class _StyleConv(nn.Module):
    def __init__(self, inputs: int, outputs: int, style_features: int) -> None:
        super().__init__()
        self.modulated_conv = _Modulated(inputs, outputs, 3, style_features)
        self.weight = nn.Parameter(torch.zeros(1))
        self.bias = nn.Parameter(torch.zeros(1, outputs, 1, 1))

    def forward(self, x: Tensor, code: Tensor, noise: Tensor) -> Tensor:
        """[N, inputs, H, W], codes [N, F] and noise [1, 1, H, W] to [N, outputs, H, W]."""
        drawn, scales = self.modulated_conv(x, code)
        gain = (self.modulated_conv.norm(scales) * math.sqrt(2))[..., None, None].to(drawn.dtype)
        base = self.weight * noise + self.bias
        return functional.leaky_relu_(torch.addcmul(base, drawn, gain), SLOPE)


class _ToRgb(nn.Module):
    def __init__(self, inputs: int, style_features: int) -> None:
        super().__init__()
        self.modulated_conv = _Modulated(inputs, 3, 1, style_features)
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """[N, inputs, H, W] and codes [N, F] to RGB, [N, 3, H, W] float32."""
        drawn, _ = self.modulated_conv(x, code)
        return drawn.float() + self.bias.float()


def _resized(x: Tensor, factor: float) -> Tensor:
    return functional.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)
