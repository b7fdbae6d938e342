"""Resampling along the sides of pictures, as products with matrices of weights.

All pictures of a batch are resampled at once, where the networks run: a core takes 2 to 5 ms a
picture for what a GPU does in 0.1.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

Kernel = Callable[[Tensor], Tensor]
"""Of distances in pixels, the weights."""

LANCZOS_PX = 4
"""How far Lanczos's kernel reaches."""


def lanczos(distance: Tensor) -> Tensor:
    """Lanczos's kernel, as OpenCV has it.

    Args:
        distance: In pixels.

    Returns:
        The weights.
    """
    near = torch.sinc(distance) * torch.sinc(distance / LANCZOS_PX)
    return near * (distance.abs() < LANCZOS_PX)


def triangle(distance: Tensor) -> Tensor:
    """The kernel of linear interpolation.

    Args:
        distance: In pixels.

    Returns:
        The weights.
    """
    return (1 - distance.abs()).clamp(min=0)


def cubic(distance: Tensor) -> Tensor:
    """The kernel of cubic interpolation with a = -0.5 (Keys, 1981), as Pillow has it.

    Args:
        distance: In pixels.

    Returns:
        The weights.
    """
    x = distance.abs()
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x)))


def weights(
    places: Tensor, steps: Tensor | None, sizes: Tensor, width: int, kernel: Kernel
) -> Tensor:
    """Weigh the pixels of a line for each place.

    Args:
        places: Where the line is looked at, in its pixels, [N, P].
        steps: How far these places are apart, [N]: the kernel is as wide, where that is more than a
            pixel. None: it is a pixel wide.
        sizes: How many pixels the lines have, [N].
        width: Pixels of the longest line.
        kernel: The kernel.

    Returns:
        [N, P, width]; each place's sum to 1.
    """
    pixel = torch.arange(width, device=places.device)
    distance = places[..., None] - pixel
    if steps is not None:
        distance = distance / steps.clamp(min=1)[:, None, None]
    near = kernel(distance) * (pixel < sizes[:, None, None])
    return near / near.sum(-1, keepdim=True)


def moved(values: np.ndarray | Tensor, device: str) -> Tensor:
    """Bring values to a device, beside the work that it has.

    Args:
        values: The values, on the CPU.
        device: The device.

    Returns:
        The tensor.
    """
    given = torch.from_numpy(values) if isinstance(values, np.ndarray) else values
    return given.pin_memory().to(device, non_blocking=True) if device == "cuda" else given
