"""Locks: who may hold them, who is waited for, and for how long."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mouthpiece.core import gpus
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.gpus import StoppedHolderError, first_free
from mouthpiece.core.locks import Holder, holder_of, lock_file, lock_folder

STRANGER = 54321
"""A user and a group without any rights."""

only_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that all users can enter and read."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_stranger(code: str, *arguments: str, group: int = STRANGER) -> subprocess.CompletedProcess:
    """Run Python code as another user."""
    return subprocess.run(
        [shutil.which("python3", path="/usr/bin:/bin") or sys.executable, "-c", code, *arguments],
        user=STRANGER,
        group=group,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


HOLD = """
import fcntl, os, sys
for flags in (os.O_RDONLY, os.O_RDWR):
    try:
        file = os.open(sys.argv[1], flags)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("held")
        os.close(file)
    except OSError as error:
        print(type(error).__name__)
"""


@only_root
def test_a_user_who_may_only_read_cannot_hold_a_lock(shared: Path) -> None:
    (shared / ".lock").touch()  # as earlier versions made it
    lock_folder(shared).close()
    with lock_file(shared / "x.lock"):
        pass
    for name in (".lock", "x.lock"):
        tried = as_stranger(HOLD, str(shared / name))
        assert tried.stdout.split() == ["PermissionError"] * 2, tried.stderr


@only_root
def test_in_a_folder_of_a_group_its_members_exclude_each_other(shared: Path) -> None:
    os.chown(shared, -1, STRANGER)
    shared.chmod(0o2775)
    with lock_folder(shared):
        assert mode(shared / ".lock") == 0o660
        member = as_stranger(HOLD, str(shared / ".lock"))
        assert member.stdout.split() == ["BlockingIOError"] * 2
        other = as_stranger(HOLD, str(shared / ".lock"), group=STRANGER + 1)
        assert other.stdout.split() == ["PermissionError"] * 2
    assert as_stranger(HOLD, str(shared / ".lock")).stdout.split() == ["held"] * 2


@pytest.mark.parametrize(
    ("folder", "lock"),
    [(0o755, 0o600), (0o700, 0o600), (0o775, 0o660), (0o777, 0o666), (0o1777, 0o600)],
)
def test_who_may_write_a_folder_may_lock_it(tmp_path: Path, folder: int, lock: int) -> None:
    tmp_path.chmod(folder)
    with lock_folder(tmp_path), pytest.raises(InputError, match="another run is at work"):
        lock_folder(tmp_path)
    assert mode(tmp_path / ".lock") == lock


def test_a_lock_of_another_user_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock_folder(tmp_path).close()

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match=r"lock of another user \(\w+\).*chmod g\+ws"):
        lock_folder(tmp_path)


def test_what_lies_at_a_lock_s_place_is_neither_followed_nor_emptied(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    for make in ("symlink_to", "hardlink_to"):
        lock = tmp_path / make / ".lock"
        lock.parent.mkdir()
        getattr(lock, make)(precious)
        with pytest.raises(InputError, match="no lock; remove it"):
            lock_folder(lock.parent)
    os.mkfifo(tmp_path / ".lock")
    with pytest.raises(InputError, match="no lock; remove it"):
        lock_folder(tmp_path)
    (tmp_path / "folder" / ".lock").mkdir(parents=True)
    with pytest.raises(InputError, match="no lock; remove it"):
        lock_folder(tmp_path / "folder")
    assert precious.read_text() == "kept"


def test_the_holder_is_named_and_waited_for_with_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    with lock_file(path):
        holder = holder_of(path)
        assert holder and holder.pid == os.getpid() and str(holder) == f"process {os.getpid()}"
        with lock_file(path, wait=False) as held:
            assert not held
        began = time.monotonic()
        with (
            pytest.raises(Fault, match=rf"process {os.getpid()} holds this lock"),
            lock_file(path, limit_s=0.1),
        ):
            pass
        assert time.monotonic() - began >= 0.1
    assert str(Holder(7, "elsewhere")) == "process 7 on elsewhere"


@pytest.mark.parametrize("text", ["", "x", "1", "1 2 3", "9" * 400, "\xff\x00", "-1 a"])
def test_an_unknown_holder_is_another_process(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.lock"
    path.write_text(text, encoding="latin-1")
    assert holder_of(path) is None
    with path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(Fault, match="another process holds"), lock_file(path, limit_s=0):
            pass


def test_one_of_many_threads_at_a_time_holds_a_lock_that_is_removed_meanwhile(
    tmp_path: Path,
) -> None:
    path, inside, most = tmp_path / "x.lock", [], []

    def work() -> None:
        with lock_file(path):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.005)
            inside.pop()
            path.unlink()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 12


HOLDER = """
import sys, time
from pathlib import Path
from mouthpiece.core.locks import lock_file
with lock_file(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "x.lock")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_job_does_not_wait_for_one_that_is_stopped(
    tmp_path: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpus, "LOOK_S", 0.1)
    locks = [tmp_path / "x.lock"]
    with pytest.raises(Fault, match=r"waited 0\.3 s"), first_free(locks, limit_s=0.3):
        pass
    holder.send_signal(signal.SIGSTOP)
    with pytest.raises(StoppedHolderError, match=f"process {holder.pid}: stopped"):  # noqa: SIM117
        with first_free(locks):
            pass
    with first_free([*locks, tmp_path / "y.lock"]) as index:
        assert index == 1
    holder.kill()
    holder.wait()
    with first_free(locks) as index:
        assert index == 0
