"""ONNX files of a few nodes, written byte by byte: the package `onnx` is not a dependency.

Field numbers are those of onnx.proto3; see also protobuf's encoding: a number is a varint (wire
type 0), everything else is behind its length (wire type 2).
"""

from pathlib import Path

import numpy as np

FLOAT, INT64 = 1, 7
INT_ATTRIBUTE, INTS_ATTRIBUTE = 2, 7


def _varint(value: int) -> bytes:
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*data, value])


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _attribute(name: str, value: int | list[int]) -> bytes:
    if isinstance(value, int):
        return _field(1, name) + _field(3, value) + _field(20, INT_ATTRIBUTE)
    ints = b"".join(_field(8, item) for item in value)
    return _field(1, name) + ints + _field(20, INTS_ATTRIBUTE)


def node(kind: str, inputs: str, output: str, **attributes: int | list[int]) -> bytes:
    """A node; `inputs` are names with blanks between them."""
    names = b"".join(_field(1, name) for name in inputs.split())
    options = b"".join(_field(5, _attribute(*item)) for item in attributes.items())
    return names + _field(2, output) + _field(4, kind) + options


def constant(name: str, value: np.ndarray) -> bytes:
    """A tensor of float32 or int64."""
    shape = b"".join(_field(1, side) for side in value.shape)
    kind = FLOAT if value.dtype == np.float32 else INT64
    return shape + _field(2, kind) + _field(8, name) + _field(9, value.tobytes())


def _value(name: str, shape: list[int | str]) -> bytes:
    sides = b"".join(_field(1, _field(1 if isinstance(one, int) else 2, one)) for one in shape)
    tensor = _field(1, FLOAT) + _field(2, sides)
    return _field(1, name) + _field(2, _field(1, tensor))


def write(
    path: Path,
    nodes: list[bytes],
    constants: list[bytes],
    inputs: dict[str, list[int | str]],
    outputs: dict[str, list[int | str]],
) -> None:
    """Write a model; shapes may hold a name for a side of any length."""
    graph = b"".join(_field(1, one) for one in nodes) + _field(2, "graph")
    graph += b"".join(_field(5, one) for one in constants)
    graph += b"".join(_field(11, _value(*item)) for item in inputs.items())
    graph += b"".join(_field(12, _value(*item)) for item in outputs.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_field(1, 8) + _field(8, _field(2, 13)) + _field(7, graph))
