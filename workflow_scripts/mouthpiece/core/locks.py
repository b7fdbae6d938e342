"""Locks that end with their process, even by kill -9.

A lock is an empty file that is locked by `flock`, for which it must be open. So a user who may open
it for reading can hold it for ever. Therefore nobody can open a lock who may not write beside it:
its mode is 0600, with the group or all others only where the folder gives them the right to write.
The file names its holder.
"""

import contextlib
import errno
import fcntl
import os
import re
import socket
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from .errors import Fault, InputError

FOLDER_LOCK = ".lock"
"""The name of a folder's lock."""

POLL_S = 0.02
"""How long a process waits before it tries a lock again."""

WAIT_S = 30.0
"""How long a lock is waited for that is held for a moment only."""


@dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    Attributes:
        pid: The process.
        host: The name of its machine.
    """

    pid: int
    host: str

    def __str__(self) -> str:
        elsewhere = "" if self.host == socket.gethostname() else f" on {self.host}"
        return f"process {self.pid}{elsewhere}"


def lock_folder(folder: Path, limit_s: float = 0) -> TextIO:
    """Lock a folder against other runs, of other users and on other machines, too.

    Args:
        folder: The folder; it is created.
        limit_s: How long to wait for another run, in seconds.

    Returns:
        The lock file; the lock ends when it is closed or this process ends.

    Raises:
        InputError: If another run holds the lock, or this user may not lock the folder.
        OSError: If the folder cannot be created or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FOLDER_LOCK
    deadline = time.monotonic() + limit_s
    while (file := _try_lock(path)) is None and time.monotonic() < deadline:
        time.sleep(POLL_S)
    if file is None:
        raise InputError(
            f"another run is at work in {folder}/ ({holder_text(path)}); wait for it, or stop it"
        )
    return file


@contextlib.contextmanager
def lock_file(
    path: Path, wait: bool = True, limit_s: float = WAIT_S, beside: Path | None = None
) -> Iterator[bool]:
    """Hold a lock file; the lock ends with its holder, even by kill -9.

    Args:
        path: The file; it may be removed while it is held.
        wait: Whether to wait for another holder.
        limit_s: How long to wait, in seconds.
        beside: A file that the lock is for: who may write it may lock, too.

    Yields:
        Whether it is held; False only where another holds it and `wait` is False.

    Raises:
        InputError: If this user may not open the lock.
        Fault: If another process holds it for longer than `limit_s`.
    """
    deadline = time.monotonic() + limit_s
    while (file := _try_lock(path, beside)) is None and wait:
        if time.monotonic() > deadline:
            raise Fault(
                f"{path}: {holder_text(path)} holds this lock for more than {limit_s:g} s; end "
                "that process if it hangs"
            )
        time.sleep(POLL_S)
    if file is None:
        yield False
        return
    with file:
        yield True


def holder_of(path: Path) -> Holder | None:
    """Tell who holds a lock, or held it last.

    Args:
        path: The lock file.

    Returns:
        The holder; None where it is unknown.
    """
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            found = re.fullmatch(r"([0-9]{1,10}) (\S{1,253})\n?", file.read(300))
    except OSError:
        return None
    return Holder(int(found[1]), found[2]) if found else None


def holder_text(path: Path) -> str:
    """Tell in words who holds a lock.

    Args:
        path: The lock file.

    Returns:
        Such as "process 12 on anna".
    """
    return str(holder_of(path) or "another process")


def _try_lock(path: Path, beside: Path | None = None) -> TextIO | None:
    """Lock a file; None where another holds it."""
    while True:
        file = _open(path, beside)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        except OSError as error:
            file.close()
            raise InputError(f"{path}: cannot be locked ({error.strerror})") from None
        if _is_same(path, file.fileno()):
            _sign(file.fileno())
            return file
        file.close()  # it was removed by the one who held it


def _open(path: Path, beside: Path | None) -> TextIO:
    """Open a lock for writing. Nothing is followed or emptied: others may have put it there."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR):
            raise InputError(f"{path}: is a link or a folder, and no lock; remove it") from None
        if error.errno in (errno.EACCES, errno.EPERM) and path.exists():
            raise InputError(
                f"{path}: is the lock of another user ({_owner(path)}), and you may not write "
                "there; work in a folder of your own, or share this one with a group: chmod g+ws"
            ) from None
        raise
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(descriptor)
        raise InputError(f"{path}: is no file of its own, and so no lock; remove it")
    if found.st_uid == os.geteuid():
        _admit_writers(descriptor, path.parent, beside)
    return os.fdopen(descriptor, "r+", encoding="utf-8")


def _admit_writers(descriptor: int, *places: Path | None) -> None:
    """Let those open a lock who may write the places that it is for, and nobody else."""
    mode = 0o600
    for place in places:
        try:
            found = place.stat() if place else None
        except FileNotFoundError:
            found = None
        if found is None or found.st_mode & stat.S_ISVTX:  # a sticky folder such as /tmp
            continue
        if found.st_mode & stat.S_IWOTH:
            mode |= 0o006
        if found.st_mode & stat.S_IWGRP and _is_of_group(descriptor, found.st_gid):
            mode |= 0o060
    if stat.S_IMODE(os.fstat(descriptor).st_mode) != mode:
        os.fchmod(descriptor, mode)


def _is_of_group(descriptor: int, group: int) -> bool:
    """Whether a lock belongs to a group; it is given to it where that is possible."""
    if os.fstat(descriptor).st_gid != group:
        with contextlib.suppress(OSError):
            os.fchown(descriptor, -1, group)
    return os.fstat(descriptor).st_gid == group


def _sign(descriptor: int) -> None:
    """Write into a lock who holds it. On a full disk it is held all the same."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {socket.gethostname() or '?'}\n".encode(), 0)


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except (KeyError, OSError):
        return "an unknown one"


def _is_same(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
