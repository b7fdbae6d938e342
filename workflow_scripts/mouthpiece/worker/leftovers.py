"""The files of pools that were killed."""

import errno
import socket
from pathlib import Path

from ..core.locks import lock_file


def sweep_workers(folder: Path) -> int:
    """Remove the sockets, logs and locks of pools that are gone.

    Args:
        folder: The user's private folder.

    Returns:
        How many such pools there were.
    """
    return sum(_sweep(path) for path in folder.glob("*.socket"))


def _sweep(path: Path) -> bool:
    with lock_file(path.with_suffix(".lock"), wait=False) as is_held:
        if not is_held or not _is_dead(path):  # it is about to be started, or is there
            return False
        for suffix in (".socket", ".log", ".lock"):
            path.with_suffix(suffix).unlink(missing_ok=True)
        return True


def _is_dead(path: Path) -> bool:
    """Whether nobody listens on a socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.setblocking(False)
        return connection.connect_ex(str(path)) == errno.ECONNREFUSED
