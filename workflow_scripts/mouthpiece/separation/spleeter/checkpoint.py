"""TensorFlow's checkpoints, read without TensorFlow.

A checkpoint is an index and a file of values. The index is a sorted string table, as LevelDB
writes it (github.com/google/leveldb, doc/table_format.md): blocks of entries, of which each names
its key by what differs from the one before. The value of an entry is a protocol buffer,
`BundleEntryProto` (tensorflow/core/protobuf/tensor_bundle.proto): where in the file of values a
tensor is, and its shape.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.errors import Fault

MAGIC = bytes.fromhex("57fb808b247547db")

FOOTER_BYTES = 48

TRAILER_BYTES = 5
"""What follows a block: how it is compressed, and a checksum."""

FLOAT32 = 1
"""TensorFlow's number of the type of tensors that are read; others, such as counters, are not."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""Wire types of protocol buffers."""

MOST_VARINT_BYTES = 10


@dataclass(frozen=True)
class _Entry:
    """Where a tensor is: its type, shape, and place in the file of values, in bytes."""

    dtype: int
    shape: tuple[int, ...]
    offset: int
    size: int


def read_checkpoint(index: Path, data: Path) -> dict[str, np.ndarray]:
    """Read the tensors of a checkpoint of one file of values.

    Args:
        index: The index, `NAME.index`.
        data: The values, `NAME.data-00000-of-00001`.

    Returns:
        The tensors of type float32 by name; they are read from the disk when they are used.

    Raises:
        Fault: The files are no checkpoint.
    """
    try:
        entries = dict(_entries(index.read_bytes()))
        values = np.memmap(data, np.uint8, "r")
        return {
            name: _tensor(values, entry)
            for name, entry in entries.items()
            if entry.dtype == FLOAT32
        }
    except (ValueError, IndexError, OverflowError) as error:
        raise Fault(f"{index}: not a readable checkpoint: {error}") from None


def _tensor(values: np.ndarray, entry: _Entry) -> np.ndarray:
    raw = values[entry.offset : entry.offset + entry.size]
    return raw.view("<f4").reshape(entry.shape)


def _entries(table: bytes) -> Iterator[tuple[str, _Entry]]:
    if table[-len(MAGIC) :] != MAGIC or len(table) < FOOTER_BYTES:
        raise ValueError("it is no sorted string table")
    footer = _Reader(table[-FOOTER_BYTES:])
    footer.varint(), footer.varint()  # where the block of metadata is
    for _, handle in _block(table, footer.varint(), footer.varint()):
        place = _Reader(handle)
        for key, value in _block(table, place.varint(), place.varint()):
            if key:  # the first entry tells about the checkpoint
                yield key.decode(), _entry(value)


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a block."""
    block, trailer = table[offset : offset + size], table[offset + size :][:TRAILER_BYTES]
    if len(block) != size or len(trailer) != TRAILER_BYTES or trailer[0] != 0:
        raise ValueError("a block of it is compressed or cut short")
    restarts = int.from_bytes(block[-4:], "little")
    reader = _Reader(block[: len(block) - 4 * (restarts + 1)])
    key = b""
    while not reader.is_at_end:
        shared, own, length = reader.varint(), reader.varint(), reader.varint()
        key = key[:shared] + reader.take(own)
        yield key, reader.take(length)


def _entry(value: bytes) -> _Entry:
    """Read a `BundleEntryProto`."""
    fields = _fields(value)
    numbers = {number: found for number, found in fields if isinstance(found, int)}
    shape = b"".join(found for number, found in fields if number == 2 and isinstance(found, bytes))
    if numbers.get(3, 0) != 0:
        raise ValueError("its values are in several files")
    return _Entry(numbers.get(1, 0), _shape(shape), numbers.get(4, 0), numbers.get(5, 0))


def _shape(value: bytes) -> tuple[int, ...]:
    """Read a `TensorShapeProto`."""
    dimensions = [found for number, found in _fields(value) if number == 2]
    return tuple(
        next((size for field, size in _fields(one) if field == 1 and isinstance(size, int)), 0)
        for one in dimensions
        if isinstance(one, bytes)
    )


def _fields(message: bytes) -> list[tuple[int, int | bytes]]:
    """The fields of a protocol buffer: numbers, and bytes."""
    reader, found = _Reader(message), []
    while not reader.is_at_end:
        tag = reader.varint()
        kind = tag & 7
        value: int | bytes
        if kind == VARINT:
            value = reader.varint()
        elif kind == BYTES:
            value = reader.take(reader.varint())
        elif kind in (FIXED32, FIXED64):
            value = int.from_bytes(reader.take(4 if kind == FIXED32 else 8), "little")
        else:
            raise ValueError(f"a field of it has the unknown type {kind}")
        found.append((tag >> 3, value))
    return found


class _Reader:
    """Bytes, read from the start on."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def is_at_end(self) -> bool:
        """Whether all is read."""
        return self._at >= len(self._data)

    def take(self, count: int) -> bytes:
        """The next bytes. Raises ValueError where there are fewer."""
        found = self._data[self._at : self._at + count]
        if len(found) != count:
            raise ValueError("it is cut short")
        self._at += count
        return found

    def varint(self) -> int:
        """The next number: 7 bits a byte, the lowest first. Raises ValueError without an end."""
        value = 0
        for place in range(MOST_VARINT_BYTES):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                return value
        raise ValueError("a number of it does not end")
