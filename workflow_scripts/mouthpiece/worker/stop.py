"""Ends the user's pools of workers on this machine. A job in one fails and can be run again."""

import os
import signal
import socket
import time
from pathlib import Path

from .client import WAIT_S, connect, peer

CONNECT_S = 5.0
"""How long a pool may take to accept a connection, which the kernel does for it."""
LIMIT_S = 30.0
"""How long a pool may take to end before it is killed."""


def stop(folder: Path) -> int:
    """End the pools whose sockets are in a folder with their workers, and wait until they have.

    Args:
        folder: The user's private folder.

    Returns:
        The number of pools.
    """
    pools = {pid for path in folder.glob("*.socket") if (pid := _pool(path))}
    for pid in pools:
        _signal(pid, signal.SIGTERM)
    limit = time.monotonic() + LIMIT_S
    while any(_signal(pid, 0) for pid in pools) and time.monotonic() < limit:
        time.sleep(0.02)
    for pid in pools:
        _signal(pid, signal.SIGKILL)
    return len(pools)


def _pool(path: Path) -> int:
    """The process that listens on a socket; 0 if there is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(CONNECT_S)
        try:
            connect(connection, str(path), round(CONNECT_S / WAIT_S))
        except OSError:
            return 0
        pid, user = peer(connection)
        return pid if user == os.getuid() else 0


def _signal(pid: int, number: int) -> bool:
    """Send a signal; False if the process has ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
