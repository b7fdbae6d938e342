"""The numbers of a network that dlib saved (its `serialize`)."""

import re
from pathlib import Path

import numpy as np

from ..core.errors import Fault

LAYER = re.compile(rb"con_4|affine_|fc_2")
"""Names of layers that have numbers. A tensor follows (in `fc_2` after how many values it gives
and takes): the version 2, four sides, the values in float32."""

TENSOR_VERSION = 2

MOST_VALUES = 1 << 24


def read_layers(path: Path) -> list[np.ndarray]:
    """Read the numbers of each layer that has any.

    Args:
        path: A `.dat` file.

    Returns:
        [N] float32 each, in the order in which the network applies them.

    Raises:
        Fault: The file is no such file, or not whole.
    """
    data = path.read_bytes()
    layers, at = [], 0
    try:
        while name := LAYER.search(data, at):
            at = name.end()
            if name[0] == b"fc_2":
                _, at = _integer(data, _integer(data, at)[1])
            values, at = _tensor(data, at)
            layers.append(values)
    except (IndexError, ValueError):
        raise Fault(f"{path}: is not a whole network of dlib's; fetch it again") from None
    return layers


def _tensor(data: bytes, at: int) -> tuple[np.ndarray, int]:
    """The values of a tensor that begins at a byte, and where the next thing begins."""
    version, at = _integer(data, at)
    count = 1
    for _ in range(4):
        side, at = _integer(data, at)
        count *= side
    if version != TENSOR_VERSION or not 0 < count <= MOST_VALUES:
        raise ValueError("no tensor")
    return np.frombuffer(data, "<f4", count, at).copy(), at + 4 * count


def _integer(data: bytes, at: int) -> tuple[int, int]:
    """An integer, and where the next thing begins: a byte says of how many bytes it is."""
    size = data[at]
    if not 0 < size <= 8 or at + 1 + size > len(data):
        raise ValueError("no integer")
    return int.from_bytes(data[at + 1 : at + 1 + size], "little"), at + 1 + size
