"""What has arrived of a file: it is written to where it belongs, and never beyond its size."""

import os
import stat
import time
from pathlib import Path
from typing import BinaryIO

from ..core.errors import Fault

MOST_BYTES = 20 << 30
"""The size at most of a file whose size is not pinned."""

PACE_S = 120.0
"""How often a download is checked for its pace."""

PACE_BYTES = 64 << 10
"""What must arrive at least in that time."""


def bytes_on_disk(path: Path) -> int:
    """Measure a file that may not exist.

    Args:
        path: Any path.

    Returns:
        Its size in bytes; 0 where there is no file.

    Raises:
        Fault: It is a link, a folder or something else that is no file of its own.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return 0
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        raise Fault(f"{path}: is no file of its own (a link?); remove it, and run again")
    return found.st_size


class PartialFile:
    """A file that is written piece by piece, up to a size.

    Attributes:
        size_bytes: How much it holds.
    """

    def __init__(self, path: Path, start: int, limit_bytes: int) -> None:
        """Open a file for writing; what it holds after `start` is dropped.

        Args:
            path: The file; a link is not followed.
            start: How many bytes of it are kept.
            limit_bytes: How large it may become.

        Raises:
            OSError: It cannot be opened.
        """
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        self._file: BinaryIO = os.fdopen(descriptor, "wb")
        self._file.truncate(start)
        self._file.seek(start)
        self.size_bytes = start
        self._limit_bytes = limit_bytes
        self._checked_at, self._checked_bytes = time.monotonic(), start

    def __enter__(self) -> "PartialFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def is_too_long(self) -> bool:
        """Whether more has come than the file may hold."""
        return self.size_bytes > self._limit_bytes

    @property
    def is_too_slow(self) -> bool:
        """Whether next to nothing came for a while, though something did."""
        now = time.monotonic()
        if now < self._checked_at + PACE_S:
            return False
        came = self.size_bytes - self._checked_bytes
        self._checked_at, self._checked_bytes = now, self.size_bytes
        return came < PACE_BYTES

    def write(self, chunk: bytes) -> None:
        """Write what has come, without what is beyond the size.

        Args:
            chunk: The bytes that follow.
        """
        self._file.write(chunk[: max(0, self._limit_bytes - self.size_bytes)])
        self.size_bytes += len(chunk)
