"""Sends tasks to a worker, and starts a worker if there is none."""

import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ..core.errors import Fault
from ..core.gpus import StoppedHolderError, first_free, visible_gpus
from ..core.paths import PACKAGE
from ..core.processes import is_stopped
from .endpoint import ONE_THREAD, Endpoint, package_version
from .protocol import (
    Begun,
    ClosedError,
    Connection,
    Done,
    Failed,
    Record,
    Request,
    SilentError,
    check_peer,
    peer,
)
from .tasks import RemoteStage, Task, run

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""How often a client looks whether a worker that says nothing is stopped."""
STOPPED_LOOKS = 2
"""How many times in turn the client must find it stopped."""
SILENT_LOOKS = 24
"""How many times in turn the worker may have said nothing. While it loads a library it may be kept
from speaking."""
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
        _run_here(task)
        return
    version = package_version()
    endpoints = [Endpoint.of(task.engine, gpu, version) for gpu in visible_gpus()]
    with contextlib.ExitStack() as stack:
        try:
            index = stack.enter_context(first_free([endpoint.lock for endpoint in endpoints]))
        except StoppedHolderError as stopped:
            log.warning("the worker is in use by %s; this cut is done without it", stopped)
        else:
            _send_to_a_live_one(task, idle_s, endpoints[index])
            return
    _run_here(task)


def _run_here(task: Task) -> None:
    from ..engines.registry import create_engine

    run(task, create_engine)


def _send_to_a_live_one(task: Task, idle_s: float, endpoint: Endpoint) -> None:
    """Send a task to the worker; to a new one, or none, where that has ended or hangs."""
    for is_last in (False, True):
        try:
            _send(task, idle_s, endpoint)
            return
        except _NotBegunError:
            if is_last:
                raise Fault(
                    f"the worker ended twice before it began; {endpoint.log_excerpt}"
                ) from None
            log.info("the worker ended before it began this cut: starting another one")
        except _HungError as hung:
            log.warning(
                "%s: it is killed, and this cut is done again, %s",
                hung,
                "without a worker" if is_last else "by a new one",
            )
            with contextlib.suppress(ProcessLookupError):
                os.kill(hung.pid, signal.SIGKILL)
            endpoint.socket.unlink(missing_ok=True)  # it may listen for a moment still
    _run_here(task)


class _NotBegunError(Exception):
    """The worker ended before it began the task."""


class _HungError(Exception):
    """The worker is there, and says nothing."""

    def __init__(self, pid: int, reason: str) -> None:
        super().__init__(f"the worker, process {pid}, {reason}")
        self.pid = pid


def _send(task: Task, idle_s: float, endpoint: Endpoint) -> None:
    # The outputs are renamed before the connection is closed. After that, the worker removes all
    # files that still have temporary names.
    with _connected(endpoint) as connection, task.staged() as staged:
        check_peer(connection)
        pid, _ = peer(connection)
        worker = Connection(connection)
        begun = False
        try:
            worker.send_request(Request(staged, Path.cwd(), idle_s))
            while True:
                _wait_for_answer(connection, pid)
                answer = worker.receive_answer()
                if isinstance(answer, Done):
                    return
                if isinstance(answer, Begun):
                    begun = True
                elif isinstance(answer, Record):
                    _log(answer)
                elif isinstance(answer, Failed):
                    raise answer.error
        except SilentError:
            raise _HungError(pid, "stopped within an answer") from None
        except ClosedError:
            if not begun:
                raise _NotBegunError from None
            raise Fault(
                "the worker ended during this cut: it was killed, or memory ran out; "
                + endpoint.log_excerpt
            ) from None


def _wait_for_answer(connection: socket.socket, pid: int) -> None:
    """Wait until the worker says something. It does so every few seconds, unless it hangs.

    Looks are counted, not seconds: a machine that was suspended has seen none of either side.
    """
    silent = stopped = 0
    while not select.select([connection], [], [], LOOK_S)[0]:
        silent += 1
        stopped = stopped + 1 if is_stopped(pid) else 0
        if stopped == STOPPED_LOOKS:
            raise _HungError(pid, "is stopped")
        if silent == SILENT_LOOKS:
            raise _HungError(pid, f"has said nothing for {silent * LOOK_S:g} s")


def _log(record: Record) -> None:
    logger = logging.getLogger(record.logger)
    fields = {"name": record.logger, "levelno": record.level, "created": record.created_s}
    fields |= {"levelname": logging.getLevelName(record.level), "msg": record.text}
    if logger.isEnabledFor(record.level):
        logger.handle(logging.makeLogRecord(fields))


@contextlib.contextmanager
def _connected(endpoint: Endpoint) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(LOOK_S * SILENT_LOOKS)  # also for the parts of an answer
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
