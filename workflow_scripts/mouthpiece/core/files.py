"""Files that are complete or do not exist; hashes of files and values."""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import Fault, InputError
from .owners import temporary_name
from .user_files import reason

REFUSED = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
"""What the machine refuses a writer, whatever the user does."""

SF_SYSTEM = 2
"""libsndfile's code for an error of the system, which it does not name."""

FULL_BYTES = 64 << 10
"""A disk with less free space than this is full: a writer's last block did not fit."""


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Write a file or folder under a temporary name and rename it when the block succeeds.

    On an error, what the block wrote is removed and `path` stays as it was.

    Args:
        path: What is to be written.

    Yields:
        The temporary path, in the same folder and with the same suffix, by which muxers choose a
        format. The block creates a file or a folder there.

    Raises:
        Fault: The disk is full, read-only or broken, whatever error the block raised of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(temporary_name(path))
    try:
        yield temporary
        if temporary.is_dir():
            remove(path)
        else:
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        refused = _refused(path, error)
        remove(temporary)
        if refused:
            raise Fault(f"{path}: cannot be written: {refused}") from error
        raise


def _refused(path: Path, error: BaseException) -> str:
    """What the system refused a writer; empty if it refused nothing.

    Not all libraries say so: libsndfile reports a full disk as an error without a text.
    """
    if isinstance(error, Fault | InputError) or not isinstance(error, Exception):
        return ""
    if isinstance(error, OSError) and error.errno in REFUSED:
        return reason(error)
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(path.parent).free
        if free < FULL_BYTES:
            return os.strerror(errno.ENOSPC)
        if type(error).__name__ == "LibsndfileError" and getattr(error, "code", 0) == SF_SYSTEM:
            # Meanwhile another job may have removed what it could not finish.
            return f"the system refused it; is the disk full? ({free >> 20} MB are free now)"
    if isinstance(error, OSError) and error.filename is None:
        if error.errno is None:  # NumPy's: it wrote less than it was asked to
            return str(error)
        error.filename = str(path)
    return ""


@contextlib.contextmanager
def temporary_folder(beside: Path) -> Iterator[Path]:
    """Make a folder for what is needed while a file is made, on the same disk.

    After kill -9 it is found by its name, and removed at the next start; see `core.leftovers`.

    Args:
        beside: The file that is made.

    Yields:
        A folder beside it, which is removed in the end.
    """
    folder = beside.with_name(temporary_name(beside.with_suffix("")))
    beside.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        remove(folder)


def scratch_folder() -> contextlib.AbstractContextManager[Path]:
    """Make a folder in the system's own for temporary files, where there is no file to be beside.

    Returns:
        As `temporary_folder`.
    """
    return temporary_folder(Path(tempfile.gettempdir()) / "mouthpiece")


def remove(path: Path) -> None:
    """Remove a file or a folder, if it exists.

    Args:
        path: What is removed; of a link, the link.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def link_or_copy(source: Path, path: Path) -> None:
    """Give a file a second name; copy it where the file system has no hard links.

    A symbolic link leads to a file of others, as in a cache, whose times must stay as they are: it
    is copied.

    Args:
        source: The file.
        path: The new name, which must not exist.
    """
    with contextlib.suppress(OSError):
        if not source.is_symlink():
            path.hardlink_to(source)
            return
    shutil.copyfile(source, path)


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically, in UTF-8.

    Args:
        path: The file.
        text: Its content.
    """
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically, with sorted keys, so that equal values give equal bytes.

    Args:
        path: The file.
        value: JSON values; NaN and infinity are refused with a ValueError.
    """
    write_text(path, json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Args:
        path: What `write_json` wrote.

    Returns:
        Its value.

    Raises:
        OSError: It is not there, or cannot be read.
        Fault: It is damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise Fault(f"{path}: is damaged ({error}); delete it and run again") from None


def sha256(path: Path) -> str:
    """Hash a file's content.

    Args:
        path: The file.

    Returns:
        Its SHA-256 in hex.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(value: Any) -> str:
    """Hash a JSON value, with sorted keys, so that equal values have equal digests.

    Args:
        value: JSON values.

    Returns:
        The SHA-256 in hex.
    """
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def folder_mark(folder: Path) -> str:
    """Tell a folder from others, without its name.

    Args:
        folder: The folder.

    Returns:
        8 hex digits.
    """
    return digest(os.path.realpath(folder))[:8]
