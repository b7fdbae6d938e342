"""A client and what answers in place of a pool."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mouthpiece.worker import alone, client
from mouthpiece.worker.stop import stop

Alone = Callable[[list[str]], int]


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    """A socket that listens, with room for one client that waits."""
    with socket.socket(socket.AF_UNIX) as found:
        found.bind(str(tmp_path / "s"))
        found.listen(0)
        yield found


def never(words: list[str]) -> int:
    raise AssertionError(words)


def request(path: Path) -> list[str]:
    return [str(path), "{}", "0", "cpu", "bake"]


def frame(letter: bytes, data: bytes = b"") -> bytes:
    return letter + len(data).to_bytes(4, "big") + data


def answering(listener: socket.socket, *answers: bytes) -> threading.Thread:
    """Answer so many clients, one after another."""

    def answer() -> None:
        for data in answers:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                if data:  # the client may have gone
                    connection.sendall(data)
                while connection.recv(1000):
                    pass

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return thread


def filled(listener: socket.socket) -> list[socket.socket]:
    """See `filled_at`."""
    return filled_at(Path(listener.getsockname()))


def filled_at(path: Path) -> list[socket.socket]:
    """Clients that wait to be accepted, so many that there is no room for one more."""
    found = []
    while True:
        found.append(socket.socket(socket.AF_UNIX))
        found[-1].setblocking(False)
        try:
            found[-1].connect(str(path))
        except BlockingIOError:
            return found


def test_a_client_waits_until_there_is_room_for_it(listener: socket.socket) -> None:
    others = filled(listener)
    path = Path(listener.getsockname())
    assert alone._listens(path)  # no second pool is started

    def accept() -> None:
        for other in others[:-1]:
            listener.accept()[0].close()
            other.close()
        answering(listener, frame(client.BEGUN, b"1") + frame(client.EXIT, b"7"))

    timer = threading.Timer(0.3, accept)
    timer.start()
    assert client.main(request(path), never) == 7
    timer.join()
    others[-1].close()


def test_results_that_the_worker_removed_are_made_again(
    listener: socket.socket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after a client that was stopped for long."""
    gone, there, final = tmp_path / "gone", tmp_path / "there", tmp_path / "final"
    there.write_text("made again")
    begun = frame(client.BEGUN, str(os.getpid()).encode())
    names = [f"{temporary}\0{final}".encode() for temporary in (gone, there)]
    answering(listener, *(begun + frame(client.RENAME, name) for name in names))
    assert client.main(request(Path(listener.getsockname())), never) == 0
    assert final.read_text() == "made again"
    assert "the worker removed the results; this job is done again" in capsys.readouterr().err


def test_a_process_of_another_container_is_no_pool(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The kernel gives 0 for a process that this one cannot see."""
    monkeypatch.setattr(client, "peer", lambda connection: (0, os.getuid()))
    asked: list[list[str]] = []
    assert client.main(request(Path(listener.getsockname())), lambda w: len(asked.append(w) or w))
    assert asked[0][0] == "run" and "another container" in capsys.readouterr().err


def test_no_client_kills_its_own_group(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    for name in ("kill", "killpg"):
        monkeypatch.setattr(os, name, lambda pid, number: killed.append(pid))
    for pid in (0, 1):
        client._kill(pid)
    assert not killed
    client._kill(4_000_000)
    assert killed == [4_000_000, 4_000_000]


def test_a_pool_whose_queue_is_full_for_a_while_is_stopped(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is this process here, so the signal is only written down."""
    path = Path(listener.getsockname())
    path.rename(path.with_suffix(".socket"))
    others = filled_at(path.with_suffix(".socket"))
    sent: list[int] = []

    def kill(pid: int, number: int) -> None:
        sent.append(pid)
        raise ProcessLookupError

    monkeypatch.setattr(os, "kill", kill)
    timer = threading.Timer(0.3, lambda: [listener.accept() for _ in others[:-1]])
    timer.start()
    assert stop(path.parent) == 1 and set(sent) == {os.getpid()}
    timer.join()
    for other in others:
        other.close()


def test_a_working_folder_that_is_gone_is_not_taken_for_removed_results(
    listener: socket.socket,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    answering(listener, b"", b"", b"")
    assert client.main(request(Path(listener.getsockname())), lambda _: 7) == 7
    assert "removed the results" not in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
