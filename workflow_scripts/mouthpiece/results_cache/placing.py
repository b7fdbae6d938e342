"""Brings a file from one place to another: as a reflink, a hard link or a copy."""

import contextlib
import fcntl
import os
import shutil
from pathlib import Path

from ..core.linked_files import link_beside

FICLONE = 0x40049409
"""The ioctl by which Linux lets a file share another one's blocks until one of them is written
(`ioctl_ficlone(2)`)."""

LINKED_BYTES = 1 << 20
"""A smaller file is copied: that takes no longer, and is one file less."""


def place(source: Path, path: Path, links: bool) -> None:
    """Give a file's content a new name.

    Args:
        source: The file.
        path: The new name, which must not exist.
        links: Whether a hard link will do, where there are no reflinks.

    Raises:
        OSError: It cannot be read or written.
    """
    if _reflink(source, path):
        return
    if links and source.stat().st_size >= LINKED_BYTES:
        with contextlib.suppress(OSError):
            link_beside(source, path)
            return
    shutil.copyfile(source, path)


def _reflink(source: Path, path: Path) -> bool:
    """Let a new file share the blocks of another; False where the file system cannot."""
    with source.open("rb") as old, path.open("xb") as new:
        try:
            fcntl.ioctl(new.fileno(), FICLONE, old.fileno())
        except OSError:
            os.unlink(path)  # noqa: PTH108 (before it is closed, so that nobody sees it empty)
            return False
    return True
