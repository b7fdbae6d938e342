"""The receiver of reports: `mouthpiece hosted serve`, behind a public https address of the user.

A report is a knock, no more: what became of a request is asked of the service itself. So a forged
or repeated one can at most make a job look once more; and it is refused all the same. A report also
tells the name of a request whose answer was lost. Where no job waits for a film, the receiver
downloads it, as services keep it for an hour.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, cast

from ...core.bounded_server import BoundedServer
from ...core.errors import Fault, InputError
from .contract import ForgedError, Report, Service
from .ledger import Ledger
from .words import UnreadableError, unknown_state

log = logging.getLogger(__name__)

PATH = re.compile(r"/(?P<service>[a-z]{1,20})/(?P<key>[0-9a-f]{64})")
"""What is behind the public address: service and `Order.key`."""

MOST_BYTES = 1 << 20
"""The largest report: services put the request into it."""

REQUEST_S = 20.0
"""How long a report may take to arrive."""

MOST_CONNECTIONS = 32

MOST_COLLECTED = 4
"""How many films are waited for, and downloaded, at a time."""

Collect = Callable[[str], None]
"""Downloads the film of an `Order.key`, unless a process waits for it."""


class Receiver(BoundedServer):
    """Takes the reports of one service.

    Attributes:
        service: The service, which knows its signatures.
        ledger: Where reports are noted.
        collect: Sees to it that the film of a report is downloaded; it is not waited for.
        now: Tells the time, in seconds of the epoch.
    """

    daemon_threads = True
    request_queue_size = 16

    def __init__(
        self,
        service: Service,
        ledger: Ledger,
        collect: Collect,
        host: str,
        port: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Start to listen.

        Args:
            service: The service.
            ledger: The ledger.
            collect: See `in_background`.
            host: The address that is listened on.
            port: The port; 0: any that is free.
            now: Tells the time.
        """
        self.service, self.ledger, self.collect, self.now = service, ledger, collect, now
        super().__init__(host, port, _Handler, MOST_CONNECTIONS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing of a connection that broke.

        Args:
            request: The connection's socket.
            client_address: The address at its other end.
        """

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> HTTPStatus:
        """Take a report.

        Args:
            path: Its path.
            headers: Its headers, by their names in small letters.
            body: Its body.

        Returns:
            What is answered.
        """
        named = PATH.fullmatch(path)
        if not named or named["service"] != self.service.name:
            return HTTPStatus.NOT_FOUND
        if self.ledger.get(named["key"]) is None:  # nobody waits for it
            return HTTPStatus.NOT_FOUND
        try:
            report = self.service.read_webhook(headers, body, self.now())
        except ForgedError as error:
            log.warning("a report was refused: %s", error)
            return HTTPStatus.UNAUTHORIZED
        except UnreadableError as error:  # nothing else would come if it were sent again
            log.error("%s: a report is signed, but: %s", named["key"][:12], error)
            return HTTPStatus.OK
        except (InputError, Fault) as error:  # no secret, or the service's keys cannot be read
            log.error("a report cannot be checked: %s", error)
            return HTTPStatus.SERVICE_UNAVAILABLE
        self._note(named["key"], report)
        return HTTPStatus.OK

    def _note(self, key: str, report: Report) -> None:
        now = self.now()
        if self.ledger.adopt(key, self.service.name, report.request_id, now):
            log.info("%s: is %s, whose answer was lost", key[:12], report.request_id)
        row = self.ledger.get(key)
        is_of_key = row is not None and row.request_id == report.request_id
        if is_of_key and report.strange:
            problem = str(unknown_state(self.service.host, report.strange))
            log.error("%s: %s", key[:12], problem)
            self.ledger.change(key, now, raw=problem)
        if self.ledger.report(self.service.name, report.event, report.request_id, now):
            log.info("%s: reported", report.request_id)
        if is_of_key:
            self.collect(key)


def in_background(collect: Collect) -> Collect:
    """Make what collects films in threads of its own.

    Args:
        collect: Collects one.

    Returns:
        The function; it returns at once. What goes wrong is logged, and left to the next run.
    """
    free = threading.BoundedSemaphore(MOST_COLLECTED)

    def run(key: str) -> None:
        try:
            with free:
                collect(key)
        except (Fault, InputError, OSError) as error:
            log.error("%s: its film is not here yet: %s", key[:12], error)

    return lambda key: threading.Thread(target=run, args=[key], daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "mouthpiece"
    sys_version = ""
    timeout = REQUEST_S

    def setup(self) -> None:
        """End a connection whose report does not arrive in time, however its bytes come."""
        super().setup()
        self._deadline = threading.Timer(REQUEST_S, self._end)
        self._deadline.daemon = True
        self._deadline.start()

    def finish(self) -> None:
        """The connection is over."""
        self._deadline.cancel()
        super().finish()

    def _end(self) -> None:
        self.server.shutdown_request(self.request)

    def do_POST(self) -> None:
        """Take a report."""
        self.close_connection = True
        self._answer(self._status())

    def _status(self) -> HTTPStatus:
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            return HTTPStatus.LENGTH_REQUIRED
        if len(length) > 12 or int(length) > MOST_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            return HTTPStatus.BAD_REQUEST
        headers = {name.lower(): value for name, value in self.headers.items()}
        return cast(Receiver, self.server).take(self.path, headers, body)

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no report. What was sent is not repeated.

        Args:
            code: The HTTP status.
            message: What the base class would answer.
            explain: What it would add.
        """
        self.close_connection = True
        self._answer(HTTPStatus(code))

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: a report is logged where it is taken.

        Args:
            format: What the base class would log.
            *arguments: The values for it.
        """
