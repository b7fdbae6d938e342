"""A server of a weight file that tests download from, and an empty project to download to."""

import contextlib
import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mouthpiece.weights import sources
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE
from mouthpiece.weights.table import Weight

DATA = bytes(range(256)) * 400
HALF = len(DATA) // 2
SECRET = "hf_a_secret"


class Server(http.server.BaseHTTPRequestHandler):
    """Serves DATA at every path, from where the client has stopped; some paths misbehave."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str | None, str | None]] = []  # noqa: RUF012
    """Of each request: the path, the range, the token."""
    elsewhere = ""
    """The address of another server."""
    stalled = threading.Event()
    sent_bytes = 0
    """What was sent of an endless file."""

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        Server.asked.append((self.path, wanted, self.headers["Authorization"]))
        self.close_connection = True
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if self.path.startswith("/absent"):
            self.send_error(404)
        elif self.path.startswith("/locked"):
            self.send_error(401)
        elif self.path.startswith("/moved"):
            self._head(302, Location=f"{Server.elsewhere}/file?signed")
        elif start >= len(DATA):
            self._head(416, **{"Content-Range": f"bytes */{len(DATA)}"})
        elif self.path.startswith("/ignores_ranges"):
            self._send(200, 0, len(DATA))
        elif self.path.startswith("/sends_another_range"):
            self._send(206 if wanted else 200, 0, len(DATA))
        elif self.path.startswith("/drops"):
            self._send(206 if start else 200, start, start + (len(DATA) - start) // 2)
        elif self.path.startswith("/stalls") and not start:
            self._send(200, 0, HALF)
            self.wfile.flush()
            Server.stalled.wait(60)
        elif self.path.startswith("/endless"):
            self._endless()
        elif self.path.startswith("/slow_head"):
            self._slow_head()
        elif self.path.startswith("/trickle"):
            self._trickle(start)
        elif self.path.startswith("/ftp"):
            self._head(302, Location="ftp://127.0.0.1/file")
        elif self.path.startswith("/chunked"):
            self._head(200, **{"Transfer-Encoding": "chunked"})
            self.wfile.write(b"%x\r\n%s" % (len(DATA), DATA[:HALF]))
        else:
            self._send(206 if start else 200, start, len(DATA))

    def _endless(self) -> None:
        """More than the file has, without a length."""
        self._head(200, **{"Transfer-Encoding": "chunked"})
        with contextlib.suppress(OSError):
            for _ in range(10_000):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(DATA), DATA))
                Server.sent_bytes += len(DATA)

    def _slow_head(self) -> None:
        """A head of which a byte comes now and then, and never the last."""
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not Server.stalled.wait(0.02):
                self.wfile.write(b"x")

    def _trickle(self, start: int) -> None:
        with contextlib.suppress(OSError):
            self._send(206 if start else 200, start, start + 1)
            while not Server.stalled.wait(0.02):
                self.wfile.write(b"x")

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, status: int, start: int, end: int) -> None:
        headers = {"Content-Length": str(len(DATA) - start)}
        if status == 206:
            headers["Content-Range"] = f"bytes {start}-{len(DATA) - 1}/{len(DATA)}"
        self._head(status, **headers)
        self.wfile.write(DATA[start:end])

    def log_message(self, *_: Any) -> None:
        pass


def serve() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    Server.stalled.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def address() -> Iterator[str]:
    Server.asked.clear()
    Server.stalled.clear()
    yield from serve()


@pytest.fixture
def other_address() -> Iterator[str]:
    yield from serve()


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project's `models/`, no mirror and no token."""
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "models")
    for name in (sources.HUB_VARIABLE, sources.TOKEN_VARIABLE, sources.MIRROR_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv(TREE_VARIABLE, raising=False)
    return tmp_path / "models"


@pytest.fixture
def partial(project: Path) -> Path:
    """Where half a file waits for the rest."""
    path = project / "downloads" / ".partial" / "net" / "file.bin"
    path.parent.mkdir(parents=True)
    return path


def weight(source: str, **changes: Any) -> Weight:
    """A weight that the server has."""
    pinned = hashlib.sha256(DATA).hexdigest()
    made = Weight("net/file.bin", source, "-", len(DATA), pinned, "MIT", ("engine",))
    return replace(made, **changes)


def arrived(project: Path) -> bytes:
    return (project / "downloads" / "net" / "file.bin").read_bytes()


def ranges() -> list[str | None]:
    return [wanted for _, wanted, _ in Server.asked]


def leftovers(folder: Path) -> list[Path]:
    """Files that are not hidden."""
    hidden = (p for p in folder.rglob("*") if p.is_file())
    return [p for p in hidden if not any(part.startswith(".") for part in p.parts)]


@pytest.fixture(params=["url", "hub"])
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, address: str) -> Any:
    """Makes the source of a path of the server, as an address and as a file of the hub."""
    if request.param == "url":
        return lambda path: weight(f"url:{address}/{path}")
    monkeypatch.setenv(sources.HUB_VARIABLE, f"{address}/")
    return lambda path: weight(f"hf:{path}/net@abc", member="net/file.bin")
