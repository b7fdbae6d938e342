"""The layers that the embedded networks are made of, in NumPy.

The networks have half a million weights: loading PyTorch takes longer than they work on an hour of
sound. `training.networks` has the same layers for training; a test compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

SMALLEST_POWER = 1e-5
"""Added to the power of features before it is divided by."""

ERF_SLOPE = np.float32(0.3275911)
ERF_TERMS = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
"""Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26: erf within 1.5e-7."""

Tensors = Mapping[str, np.ndarray]
"""The weights of a network, by key."""


def erf(x: np.ndarray) -> np.ndarray:
    """Compute the error function. SciPy's is exact, and takes half a second to import.

    Args:
        x: Any shape, float32.

    Returns:
        Values within 5e-7 of the error function, the same shape.
    """
    size = np.abs(x)
    t = 1 / (1 + ERF_SLOPE * size)
    terms = np.zeros_like(x)
    for term in ERF_TERMS:
        terms = (terms + np.float32(term)) * t
    return np.copysign(1 - terms * np.exp(-size * size), x)


def gelu(x: np.ndarray) -> np.ndarray:
    """Apply the Gaussian error linear unit (Hendrycks and Gimpel, arXiv:1606.08415).

    Args:
        x: Any shape, float32.

    Returns:
        The same shape.
    """
    return np.asarray(x * (0.5 + 0.5 * erf(x * np.float32(0.5**0.5))), np.float32)


@dataclass(frozen=True)
class Convolution:
    """A convolution over time.

    Attributes:
        taps: The matrix of each tap of the kernel, [K, I, O] float32.
        bias: [O] float32.
        stride: Steps from one output to the next.
        dilation: Steps from one tap to the next.
        padding: Zeros before and after the features.
    """

    taps: np.ndarray
    bias: np.ndarray
    stride: int = 1
    dilation: int = 1
    padding: int = 0

    @classmethod
    def of(
        cls, tensors: Tensors, name: str, stride: int = 1, dilation: int = 1, padding: int = 0
    ) -> "Convolution":
        """Take a layer's weights, `{name}.weight` [O, I, K] and `{name}.bias`.

        Args:
            tensors: The network's.
            name: The layer's name.
            stride: See the attributes.
            dilation: See the attributes.
            padding: See the attributes.

        Returns:
            The layer.
        """
        taps = np.ascontiguousarray(tensors[f"{name}.weight"].transpose(2, 1, 0))
        return cls(taps, tensors[f"{name}.bias"], stride, dilation, padding)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Convolve features.

        Args:
            x: [T, I] float32.

        Returns:
            [(T + 2 padding - dilation (K - 1) - 1) // stride + 1, O] float32.
        """
        if self.padding:
            given = x  # `np.pad` takes longer than the convolution of a window
            x = np.zeros((len(given) + 2 * self.padding, given.shape[1]), given.dtype)
            x[self.padding : -self.padding] = given
        span = len(x) - self.dilation * (len(self.taps) - 1)
        found = x[: span : self.stride] @ self.taps[0] + self.bias
        for number, tap in enumerate(self.taps[1:], 1):
            first = number * self.dilation
            found += x[first : first + span : self.stride] @ tap
        return found


@dataclass(frozen=True)
class Residual:
    """A residual convolution over time: `training.networks.ResidualBlock`.

    Attributes:
        scale: A factor of each normalized feature, [C] float32.
        spread: The convolution with a kernel of 3.
        mix: The one with a kernel of 1.
        centred: Whether the mean over the channels is taken off before they are scaled.
    """

    scale: np.ndarray
    spread: Convolution
    mix: Convolution
    centred: bool = False

    @classmethod
    def of(cls, tensors: Tensors, name: str, dilation: int, centred: bool = False) -> "Residual":
        """Take a layer's weights.

        Args:
            tensors: The network's.
            name: The layer's name.
            dilation: Steps between the taps of the kernel of 3.
            centred: See the attributes.

        Returns:
            The layer.
        """
        spread = Convolution.of(tensors, f"{name}.spread", dilation=dilation, padding=dilation)
        mix = Convolution.of(tensors, f"{name}.mix")
        return cls(tensors[f"{name}.scale"][:, 0], spread, mix, centred)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Add the convolution of normalized features to them.

        Args:
            x: Features, [T, C] float32.

        Returns:
            Features, [T, C] float32.
        """
        given = x - x.mean(1, keepdims=True) if self.centred else x
        power = np.mean(np.square(given), axis=1, keepdims=True)
        level = 1 / np.sqrt(power + np.float32(SMALLEST_POWER))
        return x + self.mix(gelu(self.spread(given * level * self.scale)))
