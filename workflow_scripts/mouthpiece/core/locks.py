"""Locks that end with their process, even by kill -9."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from .errors import InputError


def lock_folder(folder: Path) -> TextIO:
    """Lock a folder against other runs.

    Args:
        folder: The folder; it is created.

    Returns:
        The lock file; the lock ends when it is closed or this process ends.

    Raises:
        InputError: If another run holds the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise InputError(f"another run is at work in {folder}/; wait for it, or stop it") from None
    return file


@contextlib.contextmanager
def lock_file(path: Path, wait: bool = True) -> Iterator[bool]:
    """Hold a lock file; the lock ends with its holder, even by kill -9.

    Args:
        path: The file; it may be removed while it is held.
        wait: Whether to wait for another holder.

    Yields:
        Whether it is held; False only where another holds it and `wait` is False.
    """
    while True:
        with path.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            if _is_same(path, file.fileno()):  # else it was removed while this one waited for it
                yield True
                return


def _is_same(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
