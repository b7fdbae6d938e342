"""How much sound the header of a WAV file promises; libav tells how much is there."""

import struct
from fractions import Fraction
from pathlib import Path

MOST_CHUNKS = 64
"""How many chunks may come before the sound."""

UNKNOWN_BYTES = (0, 0x7FFFFFFF, 0xFFFFFFFF)
"""What programs write that do not know the size when they begin: such a header promises nothing."""


def promised_s(path: Path) -> Fraction | None:
    """Read the length of a WAV file from its header.

    Args:
        path: A file of any kind.

    Returns:
        The length in seconds; None for other files, and where the header does not say.
    """
    with path.open("rb") as file:
        magic, _, form = struct.unpack("<4sI4s", file.read(12).ljust(12, b"\0"))
        if (magic, form) != (b"RIFF", b"WAVE"):
            return None
        bytes_per_s = 0
        for _ in range(MOST_CHUNKS):
            header = file.read(8)
            if len(header) < 8:
                return None
            name, size = struct.unpack("<4sI", header)
            if name == b"data":
                known = bytes_per_s and size not in UNKNOWN_BYTES
                return Fraction(size, bytes_per_s) if known else None
            after = file.tell() + size + size % 2
            if name == b"fmt ":
                # WAVEFORMATEX: tag, channels, samples/s, bytes/s, ...
                (bytes_per_s,) = struct.unpack("<8xI", file.read(12).ljust(12, b"\0"))
            file.seek(after)
    return None
