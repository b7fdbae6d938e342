"""Flags of the tracks of an MP4 file, changed in place."""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

ENABLED = 1
"""The flag of a track that players choose unasked."""

LANGUAGE_AT, LANGUAGE_AT_64 = 20, 32
"""Where the language is in a media header (ISO 14496-12, 8.4.2): of version 0 and of version 1."""

LETTER_ZERO = 0x60
"""What a letter of a language is counted from."""


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


def tag_languages(path: Path, languages: Sequence[str]) -> None:
    """Write the languages of tracks. libav writes those of a MOV by Apple's old list of languages.

    Args:
        path: An MP4 or MOV file.
        languages: The language of each of its first tracks, three letters (ISO 639-2/T).
    """
    with path.open("r+b") as file:
        for language, (_, body, _) in zip(languages, list(_media_headers(file)), strict=False):
            file.seek(body)
            at = body + (LANGUAGE_AT_64 if file.read(1)[0] else LANGUAGE_AT)
            first, second, third = (ord(letter) - LETTER_ZERO for letter in language)
            file.seek(at)
            file.write(struct.pack(">H", first << 10 | second << 5 | third))


def _track_headers(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """The header box of each track, in the order of the tracks."""
    for _, body, end in _tracks(file):
        yield from (box for box in _boxes(file, body, end) if box[0] == b"tkhd")


def _media_headers(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """The header box of each track's media, in the order of the tracks."""
    for _, body, end in _tracks(file):
        for mdia, inner, inner_end in _boxes(file, body, end):
            if mdia == b"mdia":
                yield from (box for box in _boxes(file, inner, inner_end) if box[0] == b"mdhd")


def _tracks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """The box of each track."""
    file.seek(0, 2)
    for moov, body, end in _boxes(file, 0, file.tell()):
        if moov == b"moov":
            yield from (box for box in _boxes(file, body, end) if box[0] == b"trak")


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
