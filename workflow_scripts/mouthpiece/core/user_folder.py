"""A folder of the user's own on this machine, for sockets and locks."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from .errors import Fault


def private_folder() -> Path:
    """Find the user's private folder; it is made on first use.

    It lies in XDG_RUNTIME_DIR, or, where that is not the user's, in the folder of temporary files.

    Returns:
        The folder.

    Raises:
        Fault: It is not a folder of the user's own that nobody else may enter.
    """
    user = os.getuid()
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    if runtime.is_dir() and runtime.stat().st_uid == user:
        path = runtime / "mouthpiece"
    else:
        path = Path(tempfile.gettempdir()) / f"mouthpiece-{user}"
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o077:
        raise Fault(
            f"{path}: must be a folder of your own that nobody else may enter (mode 0700), and no "
            "link; remove it, or set worker.mode to off"
        )
    return path
