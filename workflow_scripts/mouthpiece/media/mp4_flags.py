"""Flags of the tracks of an MP4 file, changed in place."""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

ENABLED = 1
"""The flag of a track that players choose unasked."""


def hide_tracks(path: Path, tracks: Sequence[int]) -> None:
    """Have players choose tracks only if they are asked to.

    Args:
        path: An MP4 file.
        tracks: The indices of the tracks.
    """
    if not tracks:
        return
    with path.open("r+b") as file:
        headers = list(_track_headers(file))
        for track in tracks:
            _, body, _ = headers[track]
            file.seek(body + 3)  # after the version: 24 bits of flags
            flags = file.read(1)[0]
            file.seek(body + 3)
            file.write(bytes([flags & ~ENABLED]))


def _track_headers(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """The header box of each track, in the order of the tracks."""
    file.seek(0, 2)
    for moov, body, end in _boxes(file, 0, file.tell()):
        if moov == b"moov":
            for trak, inner, inner_end in _boxes(file, body, end):
                if trak == b"trak":
                    yield from (b for b in _boxes(file, inner, inner_end) if b[0] == b"tkhd")


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two places of a file: their kind, where their content begins and ends."""
    while start + 8 <= end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            header = 16
        size = size or end - start
        yield kind, start + header, start + size
        start += max(size, header)
