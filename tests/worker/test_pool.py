"""Clients with a real pool, and what happens when one of them dies."""

import contextlib
import errno
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mouthpiece.core.cut_jobs import RerunTokens
from mouthpiece.core.files import read_json
from mouthpiece.core.job_logs import last_error
from mouthpiece.core.processes import PROC
from mouthpiece.worker import client
from mouthpiece.worker.endpoint import Endpoint
from mouthpiece.worker.pool import HOME
from waiting import wait_until

from .conftest import LIMITS, Command, blocked, wait_begun

pytestmark = pytest.mark.slow  # each starts a pool, and half of them kill something


def pool_of(endpoint: Endpoint) -> int:
    """The process of a pool; 0 if there is none."""
    found = re.findall(r"listening, process (\d+)", endpoint.log.read_text())
    return int(found[-1]) if found else 0


def workers_of(endpoint: Endpoint) -> list[int]:
    """The living workers of a pool, in the order in which they began."""
    begun = re.findall(r"worker (\d+) begins", endpoint.log.read_text())
    return [int(pid) for pid in begun if is_alive(int(pid))]


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    return False


def is_idle(pid: int) -> bool:
    """Whether a worker waits for a job: it sleeps, at home, where it is not while it does one."""
    with contextlib.suppress(OSError):
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        return state == "S" and (PROC / str(pid) / "cwd").readlink() == HOME
    return False


def run_to_the_end(command: Command) -> tuple[int, str]:
    """Run a command, until its worker is idle, too: before that, the next one may get another."""
    assert command.pool
    found, endpoint = command.run(), command.pool
    wait_until(lambda: all(map(is_idle, workers_of(endpoint))))
    return found


def is_refused(path: Path) -> bool:
    """Whether nobody listens at a socket: a killed process listens until all its threads ended."""
    with socket.socket(socket.AF_UNIX) as asking:
        return asking.connect_ex(str(path)) == errno.ECONNREFUSED


def test_the_first_job_starts_a_pool_and_the_next_one_uses_its_worker(
    endpoint: Endpoint, bake: Command
) -> None:
    assert run_to_the_end(bake) == (0, "")
    assert (bake.folder / "out" / "avatar.zip").read_bytes() == b""
    first = workers_of(endpoint)
    assert bake.run() == (0, "")
    assert workers_of(endpoint) == first and len(first) == 1
    assert [path.name for path in (bake.folder / "out").iterdir()] == ["avatar.zip"]
    assert endpoint.socket.stat().st_mode & 0o777 == 0o600
    for path in (PROC / str(pool_of(endpoint)) / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it has just closed this one
            assert not path.readlink().is_relative_to(bake.folder)


def test_a_worker_holds_no_connection_of_a_client(endpoint: Endpoint, bake: Command) -> None:
    """A client whose worker is killed sees that by its end, which another one would keep open."""
    run_to_the_end(bake)
    (worker,) = workers_of(endpoint)
    held = [path.readlink().name for path in (PROC / str(worker) / "fd").iterdir()]
    assert sum(name.startswith("socket:") for name in held) == 1  # that of the pool


@pytest.mark.parametrize("mask", [0o002, 0o027])
def test_results_have_the_modes_that_the_user_wants(
    runtime: Path, bake: Command, mask: int
) -> None:
    before = os.umask(mask)
    try:
        assert replace(bake, pool=Endpoint.of(runtime, LIMITS)).run() == (0, "")
    finally:
        os.umask(before)
    result = bake.folder / "out" / "avatar.zip"
    assert result.stat().st_mode & 0o777 == 0o666 & ~mask
    assert result.parent.stat().st_mode & 0o777 == 0o777 & ~mask


def test_jobs_at_once_have_a_worker_each_and_no_more_than_there_may_be(
    endpoint: Endpoint, bake: Command
) -> None:
    """The third waits for one of two, and is told meanwhile that the pool is alive."""
    waiting = blocked(bake)
    others = [waiting.having(avatar=f"out/{n}.zip") for n in range(3)]
    running = [other.start() for other in others]
    ends = [wait_begun(waiting)]
    wait_until(lambda: len(workers_of(endpoint)) == 2)
    time.sleep(0.2)
    assert len(workers_of(endpoint)) == 2
    os.close(ends.pop())
    for _ in range(2):  # what reads the pipe now sees its end
        with contextlib.suppress(OSError):
            os.close(os.open(bake.folder / "pipe", os.O_WRONLY | os.O_NONBLOCK))
        time.sleep(0.1)
    wait_until(lambda: feed(bake.folder / "pipe", running))
    assert len(workers_of(endpoint)) <= 2


def feed(pipe: Path, running: list["subprocess.Popen[str]"]) -> bool:
    """Let those that wait at a pipe go on; whether all have ended."""
    with contextlib.suppress(OSError):
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    return all(process.poll() is not None for process in running)


def test_each_gpu_has_one_worker(bake: Command, endpoint: Endpoint) -> None:
    waiting = replace(blocked(bake), kind="device")
    gpus = {"CUDA_VISIBLE_DEVICES": "3,5"}
    running = [waiting.having(avatar=f"out/{n}.zip").start(**gpus) for n in range(3)]
    wait_until(lambda: endpoint.log.exists() and len(workers_of(endpoint)) == 2)
    assert "GPU 3" in endpoint.log.read_text() and "GPU 5" in endpoint.log.read_text()
    wait_until(lambda: feed(bake.folder / "pipe", running))


def test_a_gpu_has_as_many_workers_as_it_may_do_jobs_the_least_busy_first(
    bake: Command, endpoint: Endpoint
) -> None:
    double = Endpoint.of(endpoint.folder, replace(endpoint.limits, jobs_per_gpu=2))
    waiting = replace(blocked(bake), kind="device", pool=double)
    gpus = {"CUDA_VISIBLE_DEVICES": "3,5"}
    running = []
    for count in range(1, 5):
        running.append(waiting.having(avatar=f"out/{count}.zip").start(**gpus))
        wait_until(lambda: double.log.exists() and len(workers_of(double)) == count)  # noqa: B023
    begun = re.findall(r"begins, GPU (\d)", double.log.read_text())
    assert begun == ["3", "5", "3", "5"]
    wait_until(lambda: feed(bake.folder / "pipe", running))


def test_an_idle_pool_ends_and_removes_its_files(endpoint: Endpoint, bake: Command) -> None:
    limits = replace(endpoint.limits, idle_s=0.1)
    short = Endpoint.of(endpoint.folder, limits)
    waiting = replace(blocked(bake), pool=short)
    process = waiting.start()
    end = wait_begun(waiting)
    pool, workers = pool_of(short), workers_of(short)
    os.close(end)
    process.communicate()
    wait_until(lambda: not short.socket.exists())
    wait_until(lambda: not any(map(is_alive, [pool, *workers])))
    assert list(endpoint.folder.iterdir()) == []


def test_a_worker_that_holds_too_much_memory_is_replaced(endpoint: Endpoint, bake: Command) -> None:
    small = Endpoint.of(endpoint.folder, replace(endpoint.limits, memory_mb=1))
    for _ in range(2):
        assert replace(bake, pool=small).run() == (0, "")
    wait_until(lambda: len(re.findall("a worker may hold", small.log.read_text())) == 2)


def test_idle_workers_end_where_all_hold_too_much_memory(endpoint: Endpoint, bake: Command) -> None:
    small = Endpoint.of(endpoint.folder, replace(endpoint.limits, total_memory_mb=1))
    for count in (1, 2):
        assert replace(bake, pool=small).run() == (0, "")
        wait_until(lambda n=count: small.log.read_text().count("ended: all hold more") == n)
    wait_until(lambda: workers_of(small) == [])


def test_errors_and_results_are_the_same_without_a_pool(bake: Command) -> None:
    alone = replace(bake, pool=None)
    assert alone.run() == bake.run() == (0, "")
    missing = [command.having(track="none.npz").run() for command in (bake, alone)]
    assert missing[0] == missing[1] and missing[0][0] == 1
    assert "none.npz" in missing[0][1] and missing[0][1].count("\n") == 1


@pytest.mark.parametrize("has_pool", [True, False])
def test_a_job_that_does_not_fit_into_a_command(bake: Command, has_pool: bool) -> None:
    """Its words come by lines. The first of them starts the pool."""
    many = {"many": [f"results/v/_shared/cuts/{cut:06d}/gü\udcff\n.json" for cut in range(20_000)]}
    long = replace(bake, lists={**bake.lists, "params": {**bake.lists["params"], **many}})
    assert max(map(len, long.job)) > 1 << 17
    long = replace(long, by_lines=True, pool=bake.pool if has_pool else None)
    assert long.run() == (0, "") and (bake.folder / "out/avatar.zip").exists()


def test_after_a_fault_there_is_a_new_worker(endpoint: Endpoint, bake: Command) -> None:
    run_to_the_end(bake)
    first = workers_of(endpoint)
    code, _ = run_to_the_end(bake.having(track="none.npz"))
    assert code == 1
    assert bake.run() == (0, "")
    assert workers_of(endpoint) != first


def test_the_traceback_of_an_unexpected_error_is_in_the_log_of_the_job(bake: Command) -> None:
    code, said = bake.having(runtime_options=None).run()
    assert code == 1 and "Traceback" not in said
    assert "Traceback" in (bake.folder / "bake.log").read_text()


def killed_worker(endpoint: Endpoint, bake: Command) -> tuple[int, str]:
    """Kill the worker of a job: the exit code of its client, and what that said."""
    waiting = blocked(bake)
    process = waiting.start()
    end = wait_begun(waiting)
    os.kill(workers_of(endpoint)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    os.close(end)
    return process.returncode, said


def test_a_worker_killed_during_a_job_is_a_fault(endpoint: Endpoint, bake: Command) -> None:
    code, said = killed_worker(endpoint, bake)
    assert code == 1 and "its worker was killed, or memory ran out" in said
    assert not (bake.folder / "out" / "avatar.zip").exists()


def test_on_the_last_attempt_a_killed_worker_is_the_outcome(
    endpoint: Endpoint, bake: Command
) -> None:
    RerunTokens(bake.folder / "results/.faults").begin(1)
    code, said = killed_worker(endpoint, bake)
    assert code == 0 and "gave up" in said
    fault = read_json(bake.folder / "out" / "avatar.zip")["fault"]
    assert fault["stage"] == "bake" and fault["kind"] == "Killed"


def test_a_fault_on_the_last_attempt_is_the_outcome_and_the_worker_ends(
    endpoint: Endpoint, bake: Command
) -> None:
    RerunTokens(bake.folder / "results/.faults").begin(1)
    (bake.folder / "track.npz").write_bytes(b"none")
    code, said = bake.run()
    assert code == 0 and "gave up, the original is delivered: bake/v/000000-000002" in said
    assert "fault" in read_json(bake.folder / "out" / "avatar.zip")
    wait_until(lambda: not workers_of(endpoint))


def test_a_killed_pool_is_replaced(endpoint: Endpoint, bake: Command) -> None:
    bake.run()
    pool, workers = pool_of(endpoint), workers_of(endpoint)
    os.kill(pool, signal.SIGKILL)
    wait_until(lambda: is_refused(endpoint.socket))
    assert bake.run() == (0, "")
    assert pool_of(endpoint) != pool
    wait_until(lambda: not any(map(is_alive, workers)))


def test_a_killed_client_leaves_no_output_and_its_worker_ends_at_once(
    endpoint: Endpoint, bake: Command
) -> None:
    waiting = blocked(bake)
    process = waiting.start()
    end = wait_begun(waiting)
    (worker,) = workers_of(endpoint)
    process.kill()
    process.communicate()
    wait_until(lambda: not is_alive(worker))
    with contextlib.suppress(OSError):
        os.close(end)
    assert list((bake.folder / "out").iterdir()) == []
    assert bake.run() == (0, "")


LOOKS = "import mouthpiece.worker.client as c; c.LOOK_S = 0.1; c.SILENT_LOOKS = {looks}\n"
KILLS_ONCE = """
kill = c._kill
def kill_once(pid):
    c.SILENT_LOOKS = 600  # what takes its place does the job, which may take its time
    kill(pid)
c._kill = kill_once
"""
MAIN = "import sys; from mouthpiece.worker import alone; sys.exit(c.main(sys.argv[1:], alone.main))"


def looking_often(command: Command) -> tuple[int, str]:
    """Run a command that looks often whether the other side hangs; after a second it kills it."""
    done = subprocess.run(
        [sys.executable, "-c", LOOKS.format(looks=10) + KILLS_ONCE + MAIN, *command.words],
        cwd=command.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stderr


def test_a_pool_that_is_stopped_is_replaced(endpoint: Endpoint, bake: Command) -> None:
    bake.run()
    pool = pool_of(endpoint)
    os.kill(pool, signal.SIGSTOP)
    code, said = looking_often(bake)
    assert code == 0 and f"process {pool}, is stopped; this job is done again" in said
    assert not is_alive(pool) and pool_of(endpoint) != pool


def test_a_worker_that_is_stopped_is_replaced(endpoint: Endpoint, bake: Command) -> None:
    run_to_the_end(bake)
    (worker,) = workers_of(endpoint)
    os.kill(worker, signal.SIGSTOP)
    try:
        code, said = looking_often(bake)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    assert code == 0 and "is done again" in said


@pytest.fixture
def silent(endpoint: Endpoint) -> Iterator[socket.socket]:
    """A process of this user that listens in place of the pool, and says nothing."""
    code = (
        "import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); "
        "s.listen(); print(flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(endpoint.socket)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        yield process.pid
        process.kill()


def test_a_pool_that_says_nothing_is_killed_and_replaced(
    endpoint: Endpoint, bake: Command, silent: int
) -> None:
    code, said = looking_often(bake)
    assert code == 0 and f"process {silent}, has said nothing" in said
    assert len(workers_of(endpoint)) == 1


def test_a_long_job_is_no_hung_one(bake: Command) -> None:
    """The worker tells that it is alive: two or three times while the client would wait."""
    waiting = blocked(bake)
    process = subprocess.Popen(
        [sys.executable, "-c", LOOKS.format(looks=60) + MAIN, *waiting.words],
        cwd=bake.folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = wait_begun(waiting)
    time.sleep(7)
    os.close(end)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1 and "done again" not in said


@pytest.mark.parametrize("sent", [b"", b"c", b"c\0\0\0\x08abc", b"x", b"c\xff\xff\xff\xff"])
def test_a_client_that_sends_no_job_does_not_hold_up_others(
    sent: bytes, endpoint: Endpoint, bake: Command
) -> None:
    bake.run()
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(str(endpoint.socket))
        other.sendall(sent)
        assert bake.run() == (0, "")


def test_what_is_no_job_is_refused_and_the_worker_goes_on(
    endpoint: Endpoint, bake: Command
) -> None:
    run_to_the_end(bake)
    first = workers_of(endpoint)
    code, said = run_to_the_end(replace(bake, script="../guard"))
    assert code == 1 and "refused this job" in said
    assert bake.run() == (0, "") and workers_of(endpoint) == first


def test_a_job_of_a_folder_that_is_gone_is_refused(endpoint: Endpoint, bake: Command) -> None:
    bake.run()
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(str(endpoint.socket))
        data = "\0".join(["/nonexistent", *bake.job]).encode()
        other.sendall(b"c" + len(data).to_bytes(4, "big") + data)
        other.settimeout(30)
        answer = b"".join(iter(lambda: other.recv(1000), b""))
    assert b"refused this job" in answer


def test_an_output_that_is_not_written_is_an_error(bake: Command) -> None:
    lists = {**bake.lists, "output": {"avatar": "out/avatar.zip", "other": "out/other"}}
    code, said = replace(bake, lists=lists).run()
    assert code == 1 and "did not write out/other" in said
    assert last_error(bake.folder / "bake.log") == "the job did not write out/other"


def test_the_error_of_a_pool_that_does_not_start_is_reported(
    endpoint: Endpoint, bake: Command
) -> None:
    other = replace(endpoint, version="000000000000", key="0" * 16)
    code, said = replace(bake, pool=other).run()
    assert code == 1 and "the code has changed since this run began" in said
    assert "the code has changed since this run began" in last_error(bake.folder / "bake.log")


def test_a_client_imports_next_to_nothing() -> None:
    code = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='x'); print(len(sys.modules))"
    command = [sys.executable, "-I", "-S", "-c", code, client.__file__]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 80
