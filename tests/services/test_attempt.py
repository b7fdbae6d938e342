"""One request: what every answer is asked to be."""

import gzip
import http.server
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from mouthpiece.services.attempt import Deadline, Limits, exchange
from waiting import LIMIT_S, wait_until


class _Packing(http.server.BaseHTTPRequestHandler):
    """Compresses its answers for all who do not refuse that, as content networks do."""

    def do_GET(self) -> None:
        is_invited = "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(b"answer") if is_invited else b"answer"
        self.send_response(200)
        if is_invited:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Packing)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}])
def test_no_request_invites_a_compressed_answer(url: str, headers: dict[str, str]) -> None:
    found = exchange("GET", url, b"", headers, Limits(1000, LIMIT_S))
    assert (found.status, found.body, found.failure) == (200, b"answer", "")


def test_a_connection_that_is_made_after_its_time_is_ended() -> None:
    one, other = socket.socketpair()
    with one, other, Deadline(Limits(1000, 0.01)) as deadline:
        wait_until(lambda: deadline.is_over)
        made = SimpleNamespace(get_extra_info={"socket": one}.get)
        deadline.trace("connection.connect_tcp.complete", {"return_value": made})
        other.settimeout(LIMIT_S)
        assert other.recv(1) == b""
