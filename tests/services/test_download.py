"""A stranger's file: bounded, and from public addresses only."""

import contextlib
import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mouthpiece.services.attempt import Limits
from mouthpiece.services.download import MOST_REDIRECTS, download
from waiting import LIMIT_S

LIMITS = Limits(1000, LIMIT_S)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers.items())))
        name = self.path.partition("?")[0]
        if name.startswith("/to/"):
            left = int(name.removeprefix("/to/"))
            self.send_response(302)
            self.send_header("Location", f"/to/{left - 1}" if left > 1 else "/film")
            self.end_headers()
            return
        if name == "/inward":
            self.send_response(302)
            self.send_header("Location", "http://10.0.0.1/secret")
            self.end_headers()
            return
        self.send_response({"/gone": 410, "/busy": 503}.get(name, 200))
        if name == "/packed":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(b"x" * (2000 if name == "/large" else 10))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    made.asked = []
    threading.Thread(target=made.serve_forever, args=[0.01], daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def fetch(server: http.server.ThreadingHTTPServer, name: str, folder: Path, local: bool = True):
    url = f"http://127.0.0.1:{server.server_port}/{name}"
    return download(url, folder / "film.mp4", LIMITS, local)


@pytest.mark.parametrize("name", ["film", "film?expires=1&signature=abc", f"to/{MOST_REDIRECTS}"])
def test_a_file_comes_whole_and_no_key_goes(server, name: str, tmp_path: Path) -> None:
    assert fetch(server, name, tmp_path).status == 200
    assert (tmp_path / "film.mp4").read_bytes() == b"x" * 10
    assert all("Authorization" not in headers for _, headers in server.asked)


@pytest.mark.parametrize(
    ("name", "words", "may_pass"),
    [
        ("gone", "HTTP 410", False),
        ("busy", "HTTP 503", True),
        ("large", "more than 1,000 bytes", False),
        ("packed", "compressed", False),
        ("inward", "https only", False),
        (f"to/{MOST_REDIRECTS + 1}", "redirects more than", False),
    ],
)
def test_what_is_not_taken(server, name: str, words: str, may_pass: bool, tmp_path: Path) -> None:
    found = fetch(server, name, tmp_path)
    assert words in found.failure
    assert (found.status == 200, found.may_pass) == (False, may_pass)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["http://example.com/film", "https://localhost/film", "https://127.0.0.1/f", "file:///f"]
)
def test_an_address_that_is_not_asked(url: str, tmp_path: Path) -> None:
    assert download(url, tmp_path / "film.mp4", LIMITS).failure


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What names resolve to; all others are addresses."""
    places: dict[str, str] = {}
    own = socket.getaddrinfo

    def find(host, port, *_, **__):
        return own(places.get(host, host), port, type=socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", find)
    return places


def through_proxy(url: str, folder: Path) -> tuple[str, bytes]:
    """What a download through a proxy on this machine ends with, and what the proxy is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(LIMIT_S)
        asked: list[bytes] = []

        def refuse() -> None:
            with contextlib.suppress(OSError), listening.accept()[0] as connection:
                asked.append(connection.recv(1000))
                connection.sendall(b"HTTP/1.1 502 no\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        proxy = f"http://127.0.0.1:{listening.getsockname()[1]}"
        found = download(url, folder / "film.mp4", Limits(1000, LIMIT_S, proxy))
        if found.was_sent:
            thread.join(LIMIT_S)
    return found.failure, b"".join(asked)


def test_a_proxy_may_have_a_private_address(resolved, tmp_path: Path) -> None:
    resolved["films.test"] = "8.8.8.8"
    failure, asked = through_proxy("https://films.test/film", tmp_path)
    assert failure == "cannot be read (the proxy refuses)"
    assert asked.startswith(b"CONNECT films.test:443")


@pytest.mark.parametrize("url", ["https://films.test/film", "https://10.0.0.1/film"])
def test_no_proxy_is_asked_for_a_machine_of_its_network(url, resolved, tmp_path: Path) -> None:
    resolved["films.test"] = "10.0.0.1"
    assert through_proxy(url, tmp_path) == ("leads to an address that is not public", b"")


def test_a_name_that_leads_to_this_network_gets_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
        found = download(f"https://films.test:{port}/film", tmp_path / "film.mp4", LIMITS)
        assert found.failure == "leads to an address that is not public"
        listening.settimeout(LIMIT_S)
        connection, _ = listening.accept()
        with connection:
            connection.settimeout(LIMIT_S)
            assert connection.recv(100) == b""
