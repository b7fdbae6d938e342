"""One request: what every answer is asked to be."""

import gzip
import http.server
import threading
from collections.abc import Iterator

import pytest

from mouthpiece.services.attempt import Limits, exchange
from waiting import LIMIT_S


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
