"""The worker itself: listens, carries out orders one by one, ends when idle or after a fault."""

import contextlib
import logging
import os
import select
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from pydantic import TypeAdapter, ValidationError

from ..core.errors import Fault, InputError
from ..core.files import remove
from ..engines.registry import EngineCache
from .endpoint import Endpoint, package_version
from .protocol import (
    LIMIT_TEXT,
    Begun,
    ClosedError,
    Connection,
    Done,
    Failed,
    Record,
    Request,
    check_peer,
)

log = logging.getLogger(__name__)

FIRST_IDLE_S = 60.0
"""How long the first client may take to ask; later ones as long as the last one's request says."""

PATIENCE_S = 60.0
"""How long a client may take to say what it wants, to read an answer, or to take what was made."""

HOME = Path("/")
"""Where a worker is between orders, so that it keeps no disk from being unmounted."""


class Worker:
    """Carries out orders; keeps what its engines have loaded."""

    def __init__(self, place: Endpoint) -> None:
        self._place = place
        self._workshop = EngineCache()
        self._requests = TypeAdapter(Request)
        self._idle_s = FIRST_IDLE_S

    def run(self, listener: socket.socket) -> None:
        """Take clients until none comes for a while, or an order met a fault.

        What a fault has left behind, on the GPU say, is nothing to go on with.
        """
        while True:
            listener.settimeout(self._idle_s)
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                # While a client has the turn, it is about to come.
                with self._place.turn(wait=False) as alone:
                    if alone:
                        log.info("nothing to do for %g s: ending", self._idle_s)
                        self._place.clear()
                        return
                continue
            with connection:
                connection.settimeout(PATIENCE_S)
                if not self._serve(connection):
                    log.info("ending, so that the next order finds a fresh worker")
                    return

    def _serve(self, connection: socket.socket) -> bool:
        """Serve a client; False where the worker should not go on."""
        channel = Connection(connection)
        if package_version() != self._place.version:  # what it imports from here on would not fit
            log.warning("the code has changed")
            return False
        try:
            check_peer(connection)
            request = self._requests.validate_json(channel.receive())
            if channel.is_closed:
                return True
            channel.answer(Begun())
        except ClosedError:
            return True
        except (Fault, ValidationError) as error:
            log.error("refused: %s", error)
            return True
        self._idle_s = request.idle_s
        with self._at_work(request, channel):
            failed = self._carry_out(request)
            with contextlib.suppress(ClosedError):
                channel.answer(failed or Done())
            channel.wait_closed()
        return failed is None or failed.kind == "InputError"

    def _carry_out(self, request: Request) -> Failed | None:
        try:
            os.chdir(request.folder)
            request.order.carry_out(self._workshop)
        except Exception as error:
            if not isinstance(error, InputError | Fault):
                logging.getLogger(__name__).exception("in the worker")
            return Failed.of(error)
        return None

    @contextlib.contextmanager
    def _at_work(self, request: Request, channel: Connection) -> Iterator[None]:
        """With the client's log; in the end, what the client has not taken is removed."""
        root, teller = logging.getLogger(), _Teller(channel)
        own = root.handlers[:]
        try:
            root.handlers[:] = [teller]
            yield
        finally:
            root.handlers[:] = own
            for path in request.order.made:
                remove(request.folder / path)
            os.chdir(HOME)


class _Teller(logging.Handler):
    """Sends log lines to the client, whose job they belong to."""

    def __init__(self, channel: Connection) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)[:LIMIT_TEXT]
        with contextlib.suppress(ClosedError):
            self._channel.answer(Record(record.name, record.levelno, text, record.created))


def main(place: Endpoint, ready: int) -> None:
    """Run the worker of a place; a byte on the descriptor `ready` says that it listens."""
    os.umask(0o077)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if package_version() != place.version:
        sys.exit("the code has changed since this job began: run it again")
    reader = select.poll()
    reader.register(ready, 0)
    if reader.poll(0):
        sys.exit("who started this worker waits no more")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        place.socket.unlink(missing_ok=True)  # of one that died: who starts a worker has the turn
        listener.bind(str(place.socket))
        listener.listen()
        signal.signal(signal.SIGTERM, _end)
        os.chdir(HOME)
        worker = Worker(place)
        log.info("listening, process %d", os.getpid())
        os.write(ready, b".")
        os.close(ready)
        worker.run(listener)


def _end(_number: int, _frame: FrameType | None) -> None:
    """End by SIGTERM as by an error, so that half-written files are removed."""
    sys.exit(1)
