"""Folders of the user's own on this machine, which nobody else can enter."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from .errors import Fault


def private_folder() -> Path:
    """Find the user's private folder for sockets and locks, and create it if it is missing.

    It is in XDG_RUNTIME_DIR, or in the folder of temporary files if XDG_RUNTIME_DIR is not the
    user's.

    Returns:
        The folder.

    Raises:
        Fault: It does not belong to the user, other users can enter it, or it is a link.
    """
    user = os.getuid()
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    if runtime.is_dir() and runtime.stat().st_uid == user:
        path = runtime / "mouthpiece"
    else:
        path = Path(tempfile.gettempdir()) / f"mouthpiece-{user}"
    return made_private(path, "set XDG_RUNTIME_DIR to a folder of your own")


def made_private(path: Path, remedy: str) -> Path:
    """Create a folder that only its user can enter, or check that it is one.

    Args:
        path: The folder; the one that it is in is there.
        remedy: What to do, besides to remove it, where it is another's.

    Returns:
        The folder.

    Raises:
        Fault: It does not belong to the user, other users can enter it, or it is a link.
    """
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise Fault(
            f"{path}: must be a folder of your own that nobody else can enter (mode 0700), and no "
            f"link; remove it, or {remedy}"
        )
    return path
