"""The folders of the cache: whose they are, and who may write to them."""

import os
import stat
from pathlib import Path


def root_of(folder: Path, trust: str) -> Path:
    """Tell where the entries are that a user trusts.

    Args:
        folder: The setting `cache.dir`.
        trust: The setting `cache.trust`.

    Returns:
        The folder in it.
    """
    return folder / ("shared" if trust == "group" else f"user-{os.geteuid()}")


def make_folder(path: Path, mode: int | None = None) -> None:
    """Make a folder with the rights of the one that it is in: who may write there may here.

    One that is there, perhaps another user's, is left as it is.

    Args:
        path: The folder.
        mode: Its rights, where they are not those of the one that it is in.

    Raises:
        OSError: It cannot be made.
    """
    wanted = stat.S_IMODE(path.parent.stat().st_mode) & 0o2777 if mode is None else mode
    try:
        path.mkdir(mode=wanted)
    except OSError:  # a read-only disk need not say that it is there
        if path.is_dir():
            return
        raise
    path.chmod(wanted)  # what the umask took away


def is_private(found: os.stat_result) -> bool:
    """Tell whether a folder is this user's, and nobody else may write to it.

    Args:
        found: What the system says of it.

    Returns:
        Whether it is.
    """
    others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not others
