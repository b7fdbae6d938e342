"""A worker's process: it runs one job after another, and keeps what they loaded."""

import contextlib
import logging
import os
import socket

from ..core.errors import Fault
from ..core.processes import anonymous_mb
from ..engines.registry import EngineCache
from .endpoint import Package
from .session import Session

log = logging.getLogger(__name__)

IDLE = b"i"
"""What a worker tells the pool when it waits for the next job."""


CHANGED = "the code has changed since this run began: run it again"
"""Why a worker does no more jobs, and no pool starts."""


def serve(control: socket.socket, memory_mb: int, package: Package) -> None:
    """Run jobs until the pool ends, a job ends with a fault, or too much memory is held.

    Args:
        control: The socket between the pool and this worker. A client's connection comes through it
            for each job.
        memory_mb: How much memory this process may hold after a job.
        package: The library as it was imported.
    """
    engines = EngineCache()
    while True:
        try:
            _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        except OSError:
            return
        if not descriptors:  # the pool has ended
            return
        with socket.socket(fileno=descriptors[0]) as connection:
            session = Session(connection)
            if package.has_changed():  # later imports would not match, nor would the result's key
                session.turn_away(Fault(CHANGED))
                return
            if not session.serve(engines):
                log.info("ending, so that the next job gets a new worker")
                return
        os.chdir("/")
        if (held_mb := anonymous_mb(os.getpid())) > memory_mb:
            log.info("ending, with %d MB of the %d MB that a worker may hold", held_mb, memory_mb)
            return
        with contextlib.suppress(OSError):
            control.send(IDLE)
