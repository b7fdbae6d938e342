"""Sends tasks to a worker, and starts a worker if there is none."""

import contextlib
import logging
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ..core.errors import Fault
from ..core.gpus import first_free, visible_gpus
from ..core.paths import PACKAGE
from .endpoint import ONE_THREAD, Endpoint, package_version
from .protocol import Begun, ClosedError, Connection, Done, Record, Request, check_peer
from .tasks import RemoteStage, Task, run

log = logging.getLogger(__name__)

START_LIMIT_S = 120.0
"""How long a worker may take to listen. It imports and loads nothing large before that."""


def worker_stage(idle_s: float) -> RemoteStage:
    """Make a stage that a worker runs.

    Args:
        idle_s: How long the worker then waits for another task, in seconds; 0: no worker is used,
            and the stage runs in this process.

    Returns:
        The stage, for `core.cut_jobs.run_cut_job`.
    """
    return RemoteStage(lambda task: run_task(task, idle_s))


def run_task(task: Task, idle_s: float) -> None:
    """Run a task in a worker.

    An error in the worker is raised here. The worker's log lines go to the log of this process. The
    outputs get their final names only if this process is still alive to rename them.

    Args:
        task: The task.
        idle_s: How long the worker then waits for another task, in seconds; 0: no worker is used,
            and the task runs in this process.

    Raises:
        Fault: No worker can be started, or it ends during the task.
    """
    os.environ.update(ONE_THREAD)
    if not idle_s:
        from ..engines.registry import create_engine

        run(task, create_engine)
        return
    version = package_version()
    endpoints = [Endpoint.of(task.engine, gpu, version) for gpu in visible_gpus()]
    with first_free([endpoint.lock for endpoint in endpoints]) as index:
        endpoint = endpoints[index]
        try:
            _send(task, idle_s, endpoint)
        except _NotBegunError:  # the worker was about to end: try once more, with a new one
            log.info("the worker ended before it began this cut: starting another one")
            try:
                _send(task, idle_s, endpoint)
            except _NotBegunError:
                raise Fault(
                    f"the worker ended twice before it began; {endpoint.log_excerpt}"
                ) from None


class _NotBegunError(Exception):
    """The worker ended before it began the task."""


def _send(task: Task, idle_s: float, endpoint: Endpoint) -> None:
    # The outputs are renamed before the connection is closed. After that, the worker removes all
    # files that still have temporary names.
    with _connected(endpoint) as connection, task.staged() as staged:
        check_peer(connection)
        worker = Connection(connection)
        begun = False
        try:
            worker.send_request(Request(staged, Path.cwd(), idle_s))
            while not isinstance(answer := worker.receive_answer(), Done):
                if isinstance(answer, Begun):
                    begun = True
                elif isinstance(answer, Record):
                    _log(answer)
                else:
                    raise answer.error
        except ClosedError:
            if not begun:
                raise _NotBegunError from None
            raise Fault(
                "the worker ended during this cut: it was killed, or memory ran out; "
                + endpoint.log_excerpt
            ) from None


def _log(record: Record) -> None:
    logger = logging.getLogger(record.logger)
    fields = {"name": record.logger, "levelno": record.level, "created": record.created_s}
    fields |= {"levelname": logging.getLevelName(record.level), "msg": record.text}
    if logger.isEnabledFor(record.level):
        logger.handle(logging.makeLogRecord(fields))


@contextlib.contextmanager
def _connected(endpoint: Endpoint) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(endpoint.socket))
        except (FileNotFoundError, ConnectionRefusedError):  # no worker, or a dead one
            _start(endpoint)
            connection.connect(str(endpoint.socket))
        yield connection


def _start(endpoint: Endpoint) -> None:
    """Start a worker and wait until it listens. It inherits no file, lock or terminal."""
    reader, writer = os.pipe()
    try:
        with endpoint.log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", str(__package__)),
                    *(str(endpoint.folder), endpoint.version, endpoint.key, str(writer)),
                ],
                env=endpoint.environment,
                cwd=PACKAGE.parent,  # so that it imports this copy of the library
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(writer,),
                start_new_session=True,
            )
        os.close(writer)
        writer = -1
        listening, _, _ = select.select([reader], [], [], START_LIMIT_S)
        if not listening:
            problem = f"does not listen after {START_LIMIT_S:g} s"
        elif os.read(reader, 1):
            process.wait()  # it has already forked, and its child is the worker
            return
        else:
            problem = "ended at once"
    finally:
        os.close(reader)
        if writer >= 0:
            os.close(writer)
    raise Fault(
        f"the worker {problem}; set worker.mode to off to run without one; {endpoint.log_excerpt}"
    )
