"""The worker itself. It listens, runs tasks one at a time, and ends when idle or after a fault."""

import contextlib
import logging
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from pydantic import TypeAdapter, ValidationError

from ..core.errors import Fault, InputError
from ..core.user_files import folder_problem
from ..engines.registry import EngineCache
from .endpoint import Endpoint, package_version
from .protocol import (
    LIMIT_TEXT,
    LONGEST_REFUSAL,
    Alive,
    Begun,
    ClosedError,
    Connection,
    Done,
    Failed,
    Record,
    Request,
    SilentError,
    check_peer,
)
from .tasks import run

log = logging.getLogger(__name__)

FIRST_IDLE_S = 60.0
"""How long the worker waits for its first client. After that, each request sets the time."""
REQUEST_S = 10.0
"""How long a client may take to send its request."""
ANSWER_S = 20.0
"""How long a client may take to read an answer. After that it gets none."""
RENAME_S = 60.0
"""How long a client may take to rename the outputs."""
ALIVE_S = 5.0
"""How often the worker tells its client that it is alive. `client.LOOK_S` is the same."""
HOME = Path("/")
"""The working folder between tasks, so that no disk is kept from being unmounted."""


class Worker:
    """Runs tasks, and keeps the engines' networks loaded."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Create a worker.

        Args:
            endpoint: Where the clients find it.
        """
        self._endpoint = endpoint
        self._engines = EngineCache()
        self._requests = TypeAdapter(Request)
        self._idle_s = FIRST_IDLE_S

    def run(self, listener: socket.socket) -> None:
        """Serve clients until none comes for a while, or until a task ends with a fault.

        After a fault, the GPU may be unusable for this process.

        Args:
            listener: The listening socket.
        """
        while True:
            listener.settimeout(self._idle_s)
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                # A client that holds the lock is about to connect.
                with self._endpoint.acquire(wait=False) as acquired:
                    if acquired:
                        log.info("idle for %g s: ending", self._idle_s)
                        self._endpoint.clear()
                        return
                continue
            with connection:
                connection.settimeout(ANSWER_S)
                if not self._serve(connection):
                    log.info("ending, so that the next task gets a new worker")
                    return

    def _serve(self, connection: socket.socket) -> bool:
        """Serve a client; False if the worker should end."""
        client = Connection(connection)
        if package_version() != self._endpoint.version:  # later imports would not match
            log.warning("the code has changed")
            return False
        try:
            check_peer(connection)
            request = self._request(client.receive(REQUEST_S))
            connection.settimeout(ANSWER_S)
            if client.is_closed:
                return True
            client.send_answer(Begun())
        except ClosedError:
            return True
        except SilentError:
            log.error("refused: a client sends no request")
            return True
        except Fault as error:
            log.error("refused: %s", error)
            with contextlib.suppress(ClosedError):
                client.send_answer(Failed("Fault", f"the worker refused the request: {error}"))
            return True
        self._idle_s = request.idle_s
        with self._working_for(request, client):
            with _alive(client):
                failed = self._run(request)
            with contextlib.suppress(ClosedError):
                client.send_answer(failed or Done())
            client.wait_closed(RENAME_S)
        return failed is None or failed.kind == "InputError"

    def _request(self, data: bytes) -> Request:
        """Read a request. Raises Fault; what was sent may hold names, and is not repeated."""
        if b"\\u0000" in data:
            raise Fault("a text has a NUL")
        try:
            request = self._requests.validate_json(data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(map(str, first["loc"])) or "the message"
            raise Fault(f"{place}: {first['msg']}"[:LONGEST_REFUSAL]) from None
        if problem := folder_problem(request.folder):
            raise Fault(f"folder: {problem}")
        return request

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
    def _working_for(self, request: Request, client: Connection) -> Iterator[None]:
        """Log to the client, and at the end remove the outputs that it has not renamed."""
        root, handler = logging.getLogger(), _ClientHandler(client)
        own_handlers = root.handlers[:]
        try:
            root.handlers[:] = [handler]
            yield
        finally:
            root.handlers[:] = own_handlers
            for path in request.task.output_paths:
                with contextlib.suppress(OSError):  # it cannot be there: its folder is none
                    (request.folder / path).unlink(missing_ok=True)
            os.chdir(HOME)


@contextlib.contextmanager
def _alive(client: Connection) -> Iterator[None]:
    """Tell a client that the worker is alive while the block runs."""
    over = threading.Event()

    def tell() -> None:
        with contextlib.suppress(ClosedError):
            while not over.wait(ALIVE_S):
                client.send_answer(Alive())

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class _ClientHandler(logging.Handler):
    """Sends log lines to the client, for the log of its job."""

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
        ready: A file descriptor. A byte is written to it when the worker listens.
    """
    os.umask(0o077)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if package_version() != endpoint.version:
        sys.exit("the code has changed since this job began: run the job again")
    reader = select.poll()
    reader.register(ready, 0)
    if reader.poll(0):
        sys.exit("the job that started this worker no longer waits for it")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        # Of a worker that died: the client that starts this one holds the lock.
        endpoint.socket.unlink(missing_ok=True)
        listener.bind(str(endpoint.socket))
        endpoint.socket.chmod(0o600)
        listener.listen()
        signal.signal(signal.SIGTERM, _end)
        os.chdir(HOME)
        worker = Worker(endpoint)
        log.info("listening, process %d", os.getpid())
        os.write(ready, b".")
        os.close(ready)
        worker.run(listener)


def _end(_number: int, _frame: FrameType | None) -> None:
    """End with an exception at SIGTERM, so that partial files are removed."""
    sys.exit(1)
