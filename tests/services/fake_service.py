"""A hosted service on this machine that answers as tests tell it to."""

import contextlib
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

SECRET = "sk-test-3141592653"
VARIABLE = "MOUTHPIECE_TEST_KEY"


@dataclass
class Reply:
    """What the service answers to one request.

    Attributes:
        status: The HTTP status.
        body: The answer.
        headers: Additional headers.
        drip_s: Seconds between two bytes of the head; 0: all at once.
        is_endless: Whether the body never ends.
        is_nothing: Whether the connection is closed without an answer.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0
    is_endless: bool = False
    is_nothing: bool = False


Answering = Callable[[dict[str, Any]], Reply]


class FakeService:
    """A service with a script of replies; the last one is repeated.

    Attributes:
        replies: Replies, or functions of the request.
        requests: The requests so far.
        headers: Their headers.
    """

    def __init__(self, *replies: Reply | Answering) -> None:
        self.replies = list(replies)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.url = ""

    def next_reply(self, path: str, headers: dict[str, str], body: bytes) -> Reply:
        number = min(len(self.requests), len(self.replies) - 1)
        self.requests.append(json.loads(body))
        self.headers.append(headers)
        self.paths.append(path)
        reply = self.replies[number]
        return reply if isinstance(reply, Reply) else reply(self.requests[-1])


@contextlib.contextmanager
def serving(service: FakeService) -> Iterator[FakeService]:
    """Run a service; its `url` is the base address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reply = service.next_reply(self.path, dict(self.headers.items()), body)
            self.close_connection = True
            with contextlib.suppress(OSError):
                _send(self, reply)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


def _send(handler: http.server.BaseHTTPRequestHandler, reply: Reply) -> None:
    if reply.is_nothing:
        return
    if reply.drip_s:
        for letter in f"HTTP/1.1 200 OK\r\nX-Slow: {'x' * 999}":
            handler.wfile.write(letter.encode())
            time.sleep(reply.drip_s)
        return
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    if not reply.is_endless:
        handler.send_header("Content-Length", str(len(reply.body)))
    handler.end_headers()
    handler.wfile.write(reply.body)
    while reply.is_endless:
        handler.wfile.write(b" " * 65536)
