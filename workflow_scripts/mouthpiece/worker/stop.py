"""Ends the user's workers on this machine. A job that uses one fails and can be run again."""

import os
import signal
import socket
import time
from pathlib import Path

from .protocol import peer

CONNECT_S = 5.0
"""How long a worker may take to accept a connection, which the kernel does for it."""
LIMIT_S = 30.0
"""How long a worker may take to end before it is killed."""


def stop(folder: Path) -> int:
    """End the workers whose sockets are in a folder, and wait until they have ended.

    Args:
        folder: The user's private folder.

    Returns:
        The number of workers.
    """
    workers = {pid for path in folder.glob("*.socket") if (pid := _worker(path))}
    for pid in workers:
        _signal(pid, signal.SIGTERM)
    limit = time.monotonic() + LIMIT_S
    while any(_signal(pid, 0) for pid in workers) and time.monotonic() < limit:
        time.sleep(0.02)
    for pid in workers:
        _signal(pid, signal.SIGKILL)
    return len(workers)


def _worker(path: Path) -> int:
    """The process that listens on a socket; 0 if there is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(CONNECT_S)
        try:
            connection.connect(str(path))
        except OSError:
            return 0
        pid, uid = peer(connection)
        return pid if uid == os.getuid() else 0


def _signal(pid: int, number: int) -> bool:
    """Send a signal; False if the process has ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
