"""Asks a worker to carry out an order, and starts one where there is none."""

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
from .endpoint import ONE_THREAD, PACKAGE, Endpoint
from .gpus import first_free, visible_gpus
from .protocol import Begun, ClosedError, Connection, Done, Record, Request, check_peer
from .tasks import Bake, Draft

log = logging.getLogger(__name__)

START_LIMIT_S = 120.0
"""How long a worker may take to listen; it imports and loads nothing large before."""


def run_task(order: Bake | Draft, idle_s: float) -> None:
    """Carry out an order by a worker that waits `idle_s` for the next; 0: in this process.

    Its errors are raised as they were there, its log lines are this job's. Files appear only where
    this process lives to rename them. Raises Fault where no worker can be started, or where it ends
    in the middle of the order.
    """
    os.environ.update(ONE_THREAD)
    if not idle_s:
        from ..engines.registry import EngineCache as Workshop

        order.carry_out(Workshop())
        return
    with first_free([Endpoint.of(order.engine_name, card) for card in visible_gpus()]) as place:
        try:
            _ask(order, idle_s, place)
        except _NotBegunError:  # it was at its end: once more, with a fresh one
            log.info("the worker ended before this cut's turn: asking another one")
            try:
                _ask(order, idle_s, place)
            except _NotBegunError:
                raise Fault(f"the worker ended twice before it began; {place.said}") from None


class _NotBegunError(Exception):
    """The worker ended before it began with the order."""


def _ask(order: Bake | Draft, idle_s: float, place: Endpoint) -> None:
    # Results get their names before the connection ends: then the worker removes what has none.
    with _connected(place) as connection, order.staged() as staged:
        check_peer(connection)
        channel = Connection(connection)
        begun = False
        try:
            channel.ask(Request(staged, Path.cwd(), idle_s))
            while not isinstance(answer := channel.hear(), Done):
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
                "the worker ended in the middle of this cut: it was killed, or memory ran out; "
                + place.said
            ) from None


def _log(record: Record) -> None:
    logger = logging.getLogger(record.logger)
    fields = {"name": record.logger, "levelno": record.level, "created": record.created_s}
    fields |= {"levelname": logging.getLevelName(record.level), "msg": record.text}
    if logger.isEnabledFor(record.level):
        logger.handle(logging.makeLogRecord(fields))


@contextlib.contextmanager
def _connected(place: Endpoint) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(place.socket))
        except (FileNotFoundError, ConnectionRefusedError):  # none, or one that is dead
            _start(place)
            connection.connect(str(place.socket))
        yield connection


def _start(place: Endpoint) -> None:
    """Start a worker and wait until it listens; it inherits no file, lock or terminal."""
    reader, writer = os.pipe()
    try:
        with place.log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", str(__package__)),
                    *(str(place.folder), place.version, place.key, str(writer)),
                ],
                env=place.environment,
                cwd=PACKAGE.parent,  # where it finds this very library
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
            why = f"does not listen after {START_LIMIT_S:g} s"
        elif os.read(reader, 1):
            process.wait()  # it has left the worker to itself
            return
        else:
            why = "ended at once"
    finally:
        os.close(reader)
        if writer >= 0:
            os.close(writer)
    raise Fault(f"the worker {why}; worker.mode off does without one; {place.said}")
