"""TensorFlow's checkpoints are read without TensorFlow."""

import struct
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.separation.spleeter.checkpoint import MAGIC, read_checkpoint


def varint(value: int) -> bytes:
    found = b""
    while value >= 0x80:
        found += bytes([value & 0x7F | 0x80])
        value >>= 7
    return found + bytes([value])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def block(rows: list[tuple[bytes, bytes]]) -> bytes:
    """A block of a table: each key names what it shares with the one before."""
    found, last = b"", b""
    for key, value in rows:
        shared = 0
        while shared < min(len(key), len(last)) and key[shared] == last[shared]:
            shared += 1
        found += varint(shared) + varint(len(key) - shared) + varint(len(value))
        found += key[shared:] + value
        last = key
    return found + struct.pack("<II", 0, 1)


def table(rows: list[tuple[bytes, bytes]], compressed: int = 0) -> bytes:
    data = block(rows)
    index = block([(b"z", varint(0) + varint(len(data)))])
    at = len(data) + 5
    footer = varint(0) + varint(0) + varint(at) + varint(len(index))
    trailer = bytes([compressed]) + bytes(4)
    return data + trailer + index + trailer + footer.ljust(40, b"\0") + MAGIC


def entry(shape: tuple[int, ...], offset: int, dtype: int = 1, shard: int = 0) -> bytes:
    sizes = b"".join(field(2, field(1, size)) for size in shape)
    shard_field = field(3, shard) if shard else b""
    size = 4 * int(np.prod(shape))
    checksum = varint(6 << 3 | 5) + bytes(4)
    return (
        field(1, dtype)
        + field(2, sizes)
        + shard_field
        + field(4, offset)
        + field(5, size)
        + checksum
    )


KERNEL = np.arange(6, dtype=np.float32).reshape(2, 3)
BIAS = np.array([0.5, -0.25, 300], np.float32)
ROWS = [
    (b"", field(1, 1)),
    (b"conv/bias", entry((3,), 24)),
    (b"conv/kernel", entry((2, 3), 0)),
    (b"step", entry((2,), 36, dtype=9)),
]


def write(folder: Path, index: bytes) -> tuple[Path, Path]:
    (folder / "model.index").write_bytes(index)
    (folder / "model.data").write_bytes(KERNEL.tobytes() + BIAS.tobytes() + bytes(16))
    return folder / "model.index", folder / "model.data"


def test_tensors_are_read_by_name(tmp_path: Path) -> None:
    found = read_checkpoint(*write(tmp_path, table(ROWS)))
    assert found.keys() == {"conv/bias", "conv/kernel"}
    assert np.array_equal(found["conv/kernel"], KERNEL)
    assert np.array_equal(found["conv/bias"], BIAS)


@pytest.mark.parametrize(
    "index",
    [
        b"",
        b"x" * 100,
        table(ROWS)[:-1],
        table(ROWS)[20:],
        table(ROWS, compressed=1),
        table([(b"a", entry((3,), 24, shard=1))]),
        table([(b"a", entry((3,), 1 << 40))]),
        table([(b"a", entry((1 << 40,), 0))]),
        table([(b"a", entry((1 << 66,), 0))]),
        table([(b"a", b"\xff" * 20)]),
        table([(b"a", field(2, b"\x12\xff"))]),
    ],
)
def test_what_is_no_checkpoint_is_a_fault(index: bytes, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="not a readable checkpoint"):
        read_checkpoint(*write(tmp_path, index))
