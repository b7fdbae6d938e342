"""The worker itself: listens, does tasks one by one, ends when idle or after a fault."""

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
from .tasks import run

log = logging.getLogger(__name__)

FIRST_IDLE_S = 60.0
"""How long the first client may take to ask; later ones as long as the last one's request says."""

PATIENCE_S = 60.0
"""How long a client may take to say what it wants, to read an answer, or to take what was made."""

HOME = Path("/")
"""Where a worker is between tasks, so that it keeps no disk from being unmounted."""


class Worker:
    """Does tasks; keeps what its engines have loaded."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Work at an endpoint.

        Args:
            endpoint: Where the clients find it.
        """
        self._endpoint = endpoint
        self._engines = EngineCache()
        self._requests = TypeAdapter(Request)
        self._idle_s = FIRST_IDLE_S

    def run(self, listener: socket.socket) -> None:
        """Take clients until none comes for a while, or a task met a fault.

        A fault may leave the GPU, say, in a state that cannot be worked with.

        Args:
            listener: The listening socket.
        """
        while True:
            listener.settimeout(self._idle_s)
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                # While a client holds the lock, it is about to come.
                with self._endpoint.turn(wait=False) as alone:
                    if alone:
                        log.info("nothing to do for %g s: ending", self._idle_s)
                        self._endpoint.clear()
                        return
                continue
            with connection:
                connection.settimeout(PATIENCE_S)
                if not self._serve(connection):
                    log.info("ending, so that the next task finds a fresh worker")
                    return

    def _serve(self, connection: socket.socket) -> bool:
        """Serve a client; False where the worker should not go on."""
        client = Connection(connection)
        if (
            package_version() != self._endpoint.version
        ):  # what it imports from here on would not fit
            log.warning("the code has changed")
            return False
        try:
            check_peer(connection)
            request = self._requests.validate_json(client.receive())
            if client.is_closed:
                return True
            client.send_answer(Begun())
        except ClosedError:
            return True
        except (Fault, ValidationError) as error:
            log.error("refused: %s", error)
            return True
        self._idle_s = request.idle_s
        with self._at_work(request, client):
            failed = self._run(request)
            with contextlib.suppress(ClosedError):
                client.send_answer(failed or Done())
            client.wait_closed()
        return failed is None or failed.kind == "InputError"

    def _run(self, request: Request) -> Failed | None:
        try:
            os.chdir(request.folder)
            run(request.task, self._engines)
        except Exception as error:
            if not isinstance(error, InputError | Fault):
                logging.getLogger(__name__).exception("in the worker")
            return Failed.of(error)
        return None

    @contextlib.contextmanager
    def _at_work(self, request: Request, client: Connection) -> Iterator[None]:
        """With the client's log; in the end, what the client has not taken is removed."""
        root, handler = logging.getLogger(), _ClientHandler(client)
        own = root.handlers[:]
        try:
            root.handlers[:] = [handler]
            yield
        finally:
            root.handlers[:] = own
            for path in request.task.output_paths:
                remove(request.folder / path)
            os.chdir(HOME)


class _ClientHandler(logging.Handler):
    """Sends log lines to the client, whose job they belong to."""

    def __init__(self, client: Connection) -> None:
        super().__init__()
        self._client = client

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)[:LIMIT_TEXT]
        with contextlib.suppress(ClosedError):
            self._client.send_answer(Record(record.name, record.levelno, text, record.created))


def main(endpoint: Endpoint, ready: int) -> None:
    """Run the worker of an endpoint.

    Args:
        endpoint: Where the clients find it.
        ready: A descriptor; a byte on it says that the worker listens.
    """
    os.umask(0o077)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if package_version() != endpoint.version:
        sys.exit("the code has changed since this job began: run it again")
    reader = select.poll()
    reader.register(ready, 0)
    if reader.poll(0):
        sys.exit("the job that started this worker does not wait any more")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        endpoint.socket.unlink(
            missing_ok=True
        )  # of one that died; the starting client holds the lock
        listener.bind(str(endpoint.socket))
        listener.listen()
        signal.signal(signal.SIGTERM, _end)
        os.chdir(HOME)
        worker = Worker(endpoint)
        log.info("listening, process %d", os.getpid())
        os.write(ready, b".")
        os.close(ready)
        worker.run(listener)


def _end(_number: int, _frame: FrameType | None) -> None:
    """End by SIGTERM as by an error, so that half-written files are removed."""
    sys.exit(1)
