"""Whose face is it? Faces as points, near each other where they are of one person.

The network and its weights are dlib's (`dlib_face_recognition_resnet_model_v1.dat`, Davis King,
2017, CC0): residual blocks after He et al., arXiv:1512.03385, trained on three million faces. Two
pictures of one person are less than `SAME_PERSON` apart, those of two people more; its author
measured 99.38 % on LFW. It runs on a CPU in full precision: the same numbers on every machine.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ..core.errors import Fault
from ..weights.find import verified_weight_path
from .dlib_file import read_layers

WEIGHTS = "dlib_face_recognition_resnet_model_v1.dat"

SAME_PERSON = 0.6

MEAN_RGB = (122.782, 117.001, 104.298)

BLOCKS = ((32, 3), (64, 4), (128, 3), (256, 3), (256, 1))
"""Channels of the residual blocks, and how many follow each other; from the second row on, the
first of them halves the sides."""

LAYERS = 2 + 4 * sum(count for _, count in BLOCKS) + 1
"""Layers that have numbers: convolutions, each followed by gains and offsets; and a matrix."""


class FaceEmbedding:
    """Describes aligned faces by 128 numbers each."""

    def __init__(self, path: Path | None = None) -> None:
        """Load the network.

        Args:
            path: The weight file; None: the published one, wherever it is.

        Raises:
            InputError: The weights are missing.
            Fault: The file is not a whole one.
        """
        found = path or verified_weight_path(WEIGHTS)
        layers = read_layers(found)
        if len(layers) != LAYERS:
            raise Fault(f"{found}: is not a whole network of dlib's; fetch it again")
        self._layers = [torch.from_numpy(values) for values in layers]

    @torch.inference_mode()
    def __call__(self, chips: np.ndarray) -> np.ndarray:
        """Describe faces.

        Args:
            chips: What `chip.chip` cut out, [N, 150, 150, 3] uint8.

        Returns:
            [N, 128] float32.
        """
        layers = iter(self._layers)
        x = torch.from_numpy(np.ascontiguousarray(chips)).permute(0, 3, 1, 2).float()
        x = (x - torch.tensor(MEAN_RGB)[:, None, None]) / 256
        x = functional.relu(_affine(_convolution(x, next(layers), 32, 7, 2), next(layers)))
        x = functional.max_pool2d(x, 3, 2)
        for channels, count in BLOCKS:
            for number in range(count):
                halves = number == 0 and channels != BLOCKS[0][0]
                y = _convolution(x, next(layers), channels, 3, 2 if halves else 1)
                y = functional.relu(_affine(y, next(layers)))
                y = _affine(_convolution(y, next(layers), channels, 3, 1), next(layers))
                x = functional.relu(_sum(y, functional.avg_pool2d(x, 2) if halves else x))
        weights = next(layers).reshape(-1, 128)
        return np.asarray((x.mean((2, 3)) @ weights).numpy())


def _convolution(x: Tensor, values: Tensor, outputs: int, side: int, stride: int) -> Tensor:
    """A convolution of kernels with their biases after them; padded where it has no stride."""
    kernels = values[:-outputs].reshape(outputs, x.shape[1], side, side)
    padding = side // 2 if stride == 1 else 0
    return functional.conv2d(x, kernels, values[-outputs:], stride, padding)


def _affine(x: Tensor, values: Tensor) -> Tensor:
    gain, offset = values.reshape(2, -1, 1, 1)
    return x * gain + offset


def _sum(x: Tensor, y: Tensor) -> Tensor:
    """The sum of two tensors; where one has fewer channels, rows or columns, it is 0 there."""
    shape = [max(sides) for sides in zip(x.shape, y.shape, strict=True)]
    total = x.new_zeros(shape)
    for one in (x, y):
        total[:, : one.shape[1], : one.shape[2], : one.shape[3]] += one
    return total
