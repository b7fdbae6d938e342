"""Ends this user's workers on this machine, at once.

A job that a worker is busy with fails, and may be run again.
"""

import os
import signal
import socket
import time
from pathlib import Path

from .protocol import peer

LIMIT_S = 30.0
"""How long a worker may take to end; then it is killed."""


def stop(folder: Path) -> int:
    """End the workers that are found in a folder, and wait for it.

    Args:
        folder: The user's private folder.

    Returns:
        How many workers there were.
    """
    ended = {pid for path in folder.glob("*.socket") if (pid := _worker(path))}
    for pid in ended:
        _signal(pid, signal.SIGTERM)
    limit = time.monotonic() + LIMIT_S
    while any(_signal(pid, 0) for pid in ended) and time.monotonic() < limit:
        time.sleep(0.02)
    for pid in ended:
        _signal(pid, signal.SIGKILL)
    return len(ended)


def _worker(path: Path) -> int:
    """The process that listens on a socket; 0: none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return 0
        pid, uid = peer(connection)
        return pid if uid == os.getuid() else 0


def _signal(pid: int, number: int) -> bool:
    """Send a signal; False where the process is no more."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
