"""Spleeter's network for one stem: a U-Net over spectrograms.

Hennequin et al., "Spleeter: a fast and efficient music source separation tool with pre-trained
models", JOSS 2020; the network is that of Jansson et al., "Singing voice separation with deep U-Net
convolutional networks", ISMIR 2017.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn
from torch.nn import functional

FILTERS = (16, 32, 64, 128, 256, 512)

KERNEL, STRIDE = 5, 2

BEFORE, AFTER = 1, 2
"""What TensorFlow's padding `same` adds on both sides, where a layer of that kernel halves an even
length; and what it takes away where one doubles it."""

SMALLEST = STRIDE ** len(FILTERS)
"""Lengths that the network halves six times are multiples of this."""

LEAK = 0.2

NORM_EPSILON = 1e-3
"""Keras' own, by which the checkpoint was trained."""


class UNet(nn.Module):
    """Estimates how much of a spectrogram is one stem."""

    def __init__(self) -> None:
        super().__init__()
        sizes = (2, *FILTERS)
        self.down = nn.ModuleList(
            nn.Conv2d(a, b, KERNEL, STRIDE) for a, b in zip(sizes, FILTERS, strict=False)
        )
        self.down_norm = nn.ModuleList(_Norm(size) for size in FILTERS)
        outs = (*FILTERS[-2::-1], 1)
        ins = (FILTERS[-1], *(2 * size for size in outs[:-1]))
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(a, b, KERNEL, STRIDE) for a, b in zip(ins, outs, strict=True)
        )
        self.up_norm = nn.ModuleList(_Norm(size) for size in outs)
        self.mask = nn.Conv2d(1, 2, 4, dilation=2, padding=3)

    def forward(self, magnitudes: torch.Tensor) -> torch.Tensor:
        """Estimate the stem's share.

        Args:
            magnitudes: Of two channels, [B, 2, T, F] float32; T and F are multiples of `SMALLEST`.

        Returns:
            The share of the magnitudes that is the stem's, 0 to 1, [B, 2, T, F].
        """
        skipped = []
        x = magnitudes
        for conv, norm in zip(self.down, self.down_norm, strict=True):
            found = conv(functional.pad(x, (BEFORE, AFTER, BEFORE, AFTER)))
            skipped.append(found)
            x = functional.leaky_relu(norm(found), LEAK)
        x = skipped.pop()
        for conv, norm in zip(self.up, self.up_norm, strict=True):
            grown = conv(x)[..., BEFORE:-AFTER, BEFORE:-AFTER]
            x = norm(functional.relu(grown))
            if skipped:
                x = torch.cat([skipped.pop(), x], 1)
        return torch.sigmoid(self.mask(x))


class _Norm(nn.Module):
    """Batch normalization with fixed statistics."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.empty(size, 1, 1))
        self.shift = nn.Parameter(torch.empty(size, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scale and shift each channel."""
        return x * self.scale + self.shift


def network_tensors(checkpoint: Mapping[str, np.ndarray], stem: int) -> dict[str, torch.Tensor]:
    """Take one network's weights from a checkpoint of several.

    TensorFlow numbers the layers of a kind throughout the checkpoint.

    Args:
        checkpoint: The tensors of all stems by name.
        stem: Which stem, from 0 on.

    Returns:
        The state of a `UNet`.

    Raises:
        KeyError: The checkpoint has not all of them.
    """
    depth = len(FILTERS)
    found: dict[str, np.ndarray] = {}
    for layer in range(depth):
        down = _numbered("conv2d", stem * (depth + 1) + layer)
        found[f"down.{layer}.weight"] = checkpoint[f"{down}/kernel"].transpose(3, 2, 0, 1)
        found[f"down.{layer}.bias"] = checkpoint[f"{down}/bias"]
        up = _numbered("conv2d_transpose", stem * depth + layer)
        found[f"up.{layer}.weight"] = checkpoint[f"{up}/kernel"].transpose(3, 2, 0, 1)
        found[f"up.{layer}.bias"] = checkpoint[f"{up}/bias"]
        for place, offset in (("down_norm", 0), ("up_norm", depth)):
            norm = _numbered("batch_normalization", stem * 2 * depth + offset + layer)
            scale, shift = _affine(checkpoint, norm)
            found[f"{place}.{layer}.scale"] = scale
            found[f"{place}.{layer}.shift"] = shift
    mask = _numbered("conv2d", stem * (depth + 1) + depth)
    found["mask.weight"] = checkpoint[f"{mask}/kernel"].transpose(3, 2, 0, 1)
    found["mask.bias"] = checkpoint[f"{mask}/bias"]
    return {key: torch.tensor(np.ascontiguousarray(value)) for key, value in found.items()}


def _numbered(kind: str, number: int) -> str:
    return f"{kind}_{number}" if number else kind


def _affine(checkpoint: Mapping[str, np.ndarray], norm: str) -> tuple[np.ndarray, np.ndarray]:
    """What a normalization with fixed statistics multiplies by and adds, [C, 1, 1] each."""
    deviation = np.sqrt(checkpoint[f"{norm}/moving_variance"] + NORM_EPSILON)
    scale = checkpoint[f"{norm}/gamma"] / deviation
    shift = checkpoint[f"{norm}/beta"] - scale * checkpoint[f"{norm}/moving_mean"]
    return scale[:, None, None], shift[:, None, None]
