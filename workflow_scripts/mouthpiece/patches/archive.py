"""The files that patch sets and avatars are kept in: zip archives of stored members.

Their first member is `meta.json`, with a version. Equal members make equal bytes. Videos are read
from within the archive, so that no whole cut is held in memory.
"""

import contextlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..core.files import atomic
from .broken import broken_is_fault
from .lossless import LosslessVideo, PixelFormat

META = "meta.json"

BLOCK_BYTES = 1 << 20
"""How much of a member is copied, or checked, at once."""

ENCRYPTED = 1
"""The bit of a member's flags that says that it is encrypted."""

LOCAL_HEADER_BYTES = 30
"""The fixed part of the header before each member (PKWARE APPNOTE 4.3.7)."""


def write_archive(
    path: Path, meta: Mapping[str, Any], members: Mapping[str, np.ndarray | Path]
) -> None:
    """Write an archive atomically.

    Args:
        path: The file to write.
        meta: JSON values; "version" is one of them.
        members: By name: arrays, which are stored as .npy, and files, which are copied.
    """
    with atomic(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.writestr(zipfile.ZipInfo(META), json.dumps(meta, sort_keys=True).encode())
        for name, member in members.items():
            if isinstance(member, Path):
                _copy(member, name, archive)
            else:
                archive.writestr(zipfile.ZipInfo(name), _npy(member))


def _copy(file: Path, name: str, archive: zipfile.ZipFile) -> None:
    member = zipfile.ZipInfo(name)
    member.file_size = file.stat().st_size
    with file.open("rb") as source, archive.open(member, "w") as target:
        shutil.copyfileobj(source, target, BLOCK_BYTES)


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@dataclass(frozen=True)
class Archive:
    """An archive that is open for reading.

    Attributes:
        path: Its file.
        meta: Its `meta.json`.
        zip: The zip file.
    """

    path: Path
    meta: dict[str, Any]
    zip: zipfile.ZipFile

    def array(self, name: str) -> np.ndarray:
        """Read an array.

        Args:
            name: The member's name, with ".npy".

        Returns:
            The array that was written.
        """
        return np.asarray(np.load(io.BytesIO(self.zip.read(name)), allow_pickle=False))

    def video(self, name: str, pixel_format: PixelFormat, frames: int) -> LosslessVideo:
        """Find a video that `LosslessWriter` wrote, and check that it is whole.

        Args:
            name: The member's name.
            pixel_format: What was given to the writer.
            frames: How many pictures it has.

        Returns:
            The video, which can be read after the archive is closed.

        Raises:
            ValueError: The member is not a stored one.
        """
        member = self.zip.getinfo(name)
        if member.compress_type != zipfile.ZIP_STORED:
            raise ValueError(f"{name} is compressed")
        with self.zip.open(member) as data:
            while data.read(BLOCK_BYTES):  # the end raises where the checksum is another
                pass
        with self.path.open("rb") as file:
            file.seek(member.header_offset)
            header = file.read(LOCAL_HEADER_BYTES)
        lengths = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
        start = member.header_offset + LOCAL_HEADER_BYTES + sum(lengths)
        part = slice(start, start + member.file_size)
        return LosslessVideo(self.path, pixel_format, frames, part)


@contextlib.contextmanager
def read_archive(path: Path, version: int) -> Iterator[Archive]:
    """Open what `write_archive` wrote.

    Args:
        path: The archive.
        version: Which version its `meta.json` must have.

    Yields:
        The archive.

    Raises:
        Fault: The file is broken, as far as the block finds out.
    """
    with broken_is_fault(path), _open(path) as archive:
        meta = _meta(archive)
        _check_version(meta, version)
        yield Archive(path, meta, archive)


def read_meta(path: Path) -> dict[str, Any]:
    """Read an archive's `meta.json`, whatever its version.

    Args:
        path: The archive.

    Returns:
        JSON values.

    Raises:
        Fault: The file is broken.
    """
    with broken_is_fault(path), _open(path) as archive:
        return _meta(archive)


@contextlib.contextmanager
def _open(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose members are not compressed, so none is larger than the file."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise ValueError("a member is compressed")
        if any(member.flag_bits & ENCRYPTED for member in members):
            raise ValueError("a member is encrypted")
        if sum(member.file_size for member in members) > path.stat().st_size:
            raise ValueError("its members are larger than the file")
        yield archive


def _meta(archive: zipfile.ZipFile) -> dict[str, Any]:
    return dict(json.loads(archive.read(META)))


def _check_version(meta: Mapping[str, Any], version: int) -> None:
    if meta["version"] != version:
        raise ValueError(f"version {meta['version']}, expected {version}")
