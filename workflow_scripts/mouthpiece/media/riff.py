"""How much sound the header of a WAV file promises; libav tells how much is there."""

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

MOST_CHUNKS = 64
"""How many chunks may come before the sound."""

MOST_BYTES = 1 << 42
"""The longest file: some systems refuse places farther on."""

UNKNOWN_BYTES = (0, 0x7FFFFFFF, 0xFFFFFFFF)
"""What programs write that do not know the size when they begin: such a header promises nothing."""


def promised_s(path: Path) -> Fraction | None:
    """Read the length of a WAV file from its header, also in the forms for long ones.

    Args:
        path: A file of any kind.

    Returns:
        The length in seconds; None for other files, and where the header does not say.
    """
    with path.open("rb") as file:
        magic, _, form = struct.unpack("<4sI4s", file.read(12).ljust(12, b"\0"))
        if magic in (b"RIFF", b"RF64", b"BW64") and form == b"WAVE":
            chunks = _chunks(file)
        elif magic == b"riff":  # Wave64
            chunks = _chunks_64(file)
        else:
            return None
        bytes_per_s = long_bytes = 0
        for name, size in chunks:
            if name == b"data":
                size = long_bytes if size == UNKNOWN_BYTES[-1] else size
                known = bytes_per_s and size not in UNKNOWN_BYTES
                return Fraction(size, bytes_per_s) if known else None
            if name == b"ds64":  # the sizes of RF64: of the file, of the sound
                (long_bytes,) = struct.unpack("<8xQ", file.read(16).ljust(16, b"\0"))
            if name == b"fmt ":
                # WAVEFORMATEX: tag, channels, samples/s, bytes/s, ...
                (bytes_per_s,) = struct.unpack("<8xI", file.read(12).ljust(12, b"\0"))
    return None


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """The names and sizes of the chunks; the file is at the content of each."""
    for _ in range(MOST_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            return
        name, size = struct.unpack("<4sI", header)
        after = file.tell() + size + size % 2
        yield name, size
        file.seek(after)


def _chunks_64(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """The same of Wave64, whose names are longer, and whose sizes count the header of the chunk."""
    file.seek(40)
    for _ in range(MOST_CHUNKS):
        header = file.read(24)
        if len(header) < 24:
            return
        name, size = struct.unpack("<4s12xQ", header)
        after = file.tell() + max(0, size - 24 + -size % 8)
        yield name, max(0, size - 24)
        if after > MOST_BYTES:
            return
        file.seek(after)
