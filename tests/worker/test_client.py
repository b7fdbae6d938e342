"""Clients with real workers, and what happens when one of them dies."""

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mouthpiece.core import gpus
from mouthpiece.core.errors import Fault
from mouthpiece.faces.track import Track
from mouthpiece.stages.requests import BakeRequest
from mouthpiece.worker import client, server
from mouthpiece.worker.client import run_task
from mouthpiece.worker.endpoint import Endpoint
from mouthpiece.worker.protocol import Alive, Begun, Connection, Done, Request, peer
from mouthpiece.worker.server import Worker

from .conftest import blocked, wait_begun

JOB = """
import json, sys
from pathlib import Path
from mouthpiece.core.jobs import job
from mouthpiece.stages.requests import BakeRequest
from mouthpiece.worker.client import run_task

fields = json.loads(sys.argv[1])
paths = {key: Path(fields[key]) for key in ("mezzanine", "track", "avatar")}
with job(sys.argv[2]):
    run_task(BakeRequest(**fields | paths), float(sys.argv[3]))
    heavy = {"torch", "diffusers", "transformers", "numpy", "pydantic", "av", "cv2"}
    assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
"""A job, as `workflow_scripts/bake.py` runs it."""


def start_job(task: BakeRequest, log: Path, idle_s: float = 60) -> subprocess.Popen[str]:
    fields = json.dumps(asdict(task), default=str)
    return subprocess.Popen(
        [sys.executable, "-c", JOB, fields, str(log), str(idle_s)],
        stderr=subprocess.PIPE,
        text=True,
    )


def worker_of(endpoint: Endpoint) -> int:
    """The process of a worker; 0 if there is none."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(endpoint.socket))
        except OSError:
            return 0
        return peer(connection)[0]


def is_gone(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def wait_until(holds: Callable[[], bool]) -> None:
    done = threading.Event()
    for _ in range(3000):
        if holds():
            return
        done.wait(0.01)
    raise AssertionError("not true within 30 s")


def test_a_worker_uses_one_thread_whatever_its_first_job_had(
    endpoint: Endpoint, task: BakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    assert start_job(task, tmp_path / "job.log").wait() == 0
    environment = Path(f"/proc/{worker_of(endpoint)}/environ").read_bytes().split(b"\0")
    assert b"OMP_NUM_THREADS=1" in environment


def test_with_mode_off_there_is_no_worker(endpoint: Endpoint, task: BakeRequest) -> None:
    run_task(task, 0)
    assert task.avatar.read_bytes() == b"" and not list(endpoint.folder.iterdir())


def open_files(process: int) -> set[str]:
    """The names of the open files of a process, which may close some meanwhile."""
    names = set()
    for path in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            names.add(path.readlink().name)
    return names


def test_a_client_starts_a_worker_and_the_next_client_uses_it(
    endpoint: Endpoint, task: BakeRequest, tmp_path: Path
) -> None:
    assert start_job(task, tmp_path / "1.log").wait() == 0
    first = worker_of(endpoint)
    assert task.avatar.read_bytes() == b"" and first
    task.avatar.unlink()
    second = start_job(task, tmp_path / "2.log")
    assert second.wait() == 0 and task.avatar.is_file()
    assert worker_of(endpoint) == first
    assert os.getsid(first) != os.getsid(0), "Ctrl-C in the terminal does not reach it"
    assert Path(f"/proc/{first}/cwd").readlink() == Path("/")
    assert f"{endpoint.key}.lock" not in open_files(first)
    assert list(task.avatar.parent.iterdir()) == [task.avatar]


def test_two_clients_at_once_start_one_worker(
    endpoint: Endpoint, task: BakeRequest, tmp_path: Path
) -> None:
    tasks = [replace(task, avatar=tmp_path / f"{i}.zip") for i in range(3)]
    jobs = [start_job(one, tmp_path / f"{i}.log") for i, one in enumerate(tasks)]
    assert [job.wait() for job in jobs] == [0, 0, 0]
    assert all(one.avatar.is_file() for one in tasks)
    assert endpoint.log.read_text().count("listening") == 1


def test_each_of_two_gpus_has_a_worker_and_cuts_are_drawn_in_parallel(
    endpoint: Endpoint, task: BakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second job does not wait for the first, which runs until the pipe is closed."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    held = blocked(replace(task, avatar=tmp_path / "first.zip"), tmp_path)
    first = start_job(held, tmp_path / "1.log")
    waiting = wait_begun(held)
    assert start_job(task, tmp_path / "2.log").wait() == 0
    workers = [worker_of(Endpoint.of("preview", gpu)) for gpu in ("3", "5")]
    assert 0 not in workers and len(set(workers)) == 2
    environments = [Path(f"/proc/{worker}/environ").read_bytes().split(b"\0") for worker in workers]
    assert b"CUDA_VISIBLE_DEVICES=3" in environments[0]
    assert b"CUDA_VISIBLE_DEVICES=5" in environments[1]
    os.close(waiting)
    first.wait()


def test_paths_are_relative_to_the_folder_of_the_client(
    endpoint: Endpoint, task: BakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_task(replace(task, mezzanine=Path("m.mp4"), avatar=Path("here/a.zip")), 60)
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["a.zip"]


def test_an_idle_worker_ends_and_removes_its_files(endpoint: Endpoint, task: BakeRequest) -> None:
    run_task(task, 0.2)
    wait_until(lambda: not list(endpoint.folder.iterdir()))
    run_task(task, 60)
    assert worker_of(endpoint)


def test_errors_are_the_same_as_without_a_worker(endpoint: Endpoint, task: BakeRequest) -> None:
    failing = [
        replace(task, mezzanine=Path("/nonexistent.mp4")),
        replace(task, track=Path("/nonexistent.npz")),
    ]
    for one in failing:
        with pytest.raises((Fault, OSError)) as without:
            run_task(one, 0)
        with pytest.raises(type(without.value)) as with_one:
            run_task(one, 60)
        assert str(with_one.value) == str(without.value)
        assert not one.avatar.exists() and not list(one.avatar.parent.glob(".*"))


def test_after_a_fault_there_is_a_new_worker(endpoint: Endpoint, task: BakeRequest) -> None:
    run_task(task, 60)
    first = worker_of(endpoint)
    with pytest.raises(Fault):
        run_task(replace(task, mezzanine=Path("/nonexistent.mp4")), 60)
    wait_until(lambda: is_gone(first))
    run_task(task, 60)
    assert worker_of(endpoint) not in (0, first)


def test_the_traceback_of_an_unexpected_error_is_in_the_log_of_the_job(
    endpoint: Endpoint, task: BakeRequest, tmp_path: Path
) -> None:
    failing = replace(task, cut="not a cut")
    job = start_job(failing, tmp_path / "job.log")
    message = job.communicate()[1]
    assert job.returncode == 1 and "unexpected ValueError" in message
    assert "Traceback" not in message
    assert "Traceback" in (tmp_path / "job.log").read_text()
    assert "Traceback" not in endpoint.log.read_text()


def test_a_worker_killed_during_a_task_is_a_fault(
    endpoint: Endpoint, task: BakeRequest, tmp_path: Path
) -> None:
    run_task(task, 60)
    task.avatar.unlink()
    job = start_job(waiting := blocked(task, tmp_path), tmp_path / "job.log")
    pipe = wait_begun(waiting)
    os.kill(worker_of(endpoint), signal.SIGKILL)
    message = job.communicate()[1]
    os.close(pipe)
    assert job.returncode == 1 and "ended during this cut" in message
    assert list(task.avatar.parent.iterdir()) == []
    run_task(task, 60)  # a retry: the socket of the dead worker is replaced
    assert task.avatar.is_file()


def hasten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often whether the other side hangs."""
    monkeypatch.setattr(client, "LOOK_S", 0.2)
    monkeypatch.setattr(gpus, "LOOK_S", 0.2)


def test_a_worker_that_is_stopped_between_two_tasks_is_replaced(
    endpoint: Endpoint,
    task: BakeRequest,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hasten(monkeypatch)
    run_task(task, 60)
    first = worker_of(endpoint)
    os.kill(first, signal.SIGSTOP)
    task.avatar.unlink()
    run_task(task, 60)
    assert task.avatar.is_file() and worker_of(endpoint) not in (0, first)
    assert is_gone(first)
    assert f"the worker, process {first}, is stopped: it is killed" in caplog.text
    assert list(task.avatar.parent.iterdir()) == [task.avatar]


def test_a_worker_that_is_stopped_during_a_task_is_replaced(
    endpoint: Endpoint, task: BakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a user or a debugger stops it. Both workers of this job are, in the end."""
    hasten(monkeypatch)
    held = blocked(task, tmp_path)
    done = threading.Thread(target=run_task, args=(held, 60))
    done.start()
    pipes = [wait_begun(held)]
    first = worker_of(endpoint)
    os.kill(first, signal.SIGSTOP)
    wait_until(lambda: worker_of(endpoint) not in (0, first))
    assert is_gone(first)
    Track(np.zeros((0, 468, 3), np.float32), np.zeros(0, bool)).save(tmp_path / "other.npz")
    (tmp_path / "other.npz").replace(held.track)  # a later attempt reads this one
    done.join(30)
    for pipe in pipes:
        os.close(pipe)
    assert not done.is_alive()


def test_a_worker_that_says_nothing_is_replaced(
    endpoint: Endpoint, task: BakeRequest, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """It runs, and hangs: here it accepts the connection, and no more. So does the next one."""
    hasten(monkeypatch)
    monkeypatch.setattr(client, "SILENT_LOOKS", 3)
    silent: list[subprocess.Popen[str]] = []

    def start_silent(endpoint: Endpoint) -> None:
        endpoint.socket.unlink(missing_ok=True)
        command = [sys.executable, "-c", SILENT, str(endpoint.socket)]
        silent.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert silent[-1].stdout and silent[-1].stdout.readline() == "listening\n"

    monkeypatch.setattr(client, "_start", start_silent)
    run_task(task, 60)
    assert task.avatar.is_file() and [one.wait() for one in silent] == [-signal.SIGKILL] * 2
    assert "has said nothing for 0.6 s" in caplog.text
    assert "done again, by a new one" in caplog.text
    assert "done again, without a worker" in caplog.text


SILENT = """
import socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("listening", flush=True)
accepted = listener.accept()
time.sleep(60)
"""


def test_a_client_that_is_stopped_does_not_hold_up_the_others(
    endpoint: Endpoint,
    task: BakeRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hasten(monkeypatch)
    job = start_job(waiting := blocked(task, tmp_path), tmp_path / "job.log")
    pipe = wait_begun(waiting)
    job.send_signal(signal.SIGSTOP)
    other = replace(task, avatar=tmp_path / "other.zip")
    run_task(other, 60)
    assert other.avatar.is_file()
    assert f"in use by process {job.pid}: stopped" in caplog.text
    job.kill()
    job.communicate()
    os.close(pipe)


def test_a_long_task_is_no_hung_one(
    endpoint: Endpoint, task: BakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker tells that it is alive."""
    hasten(monkeypatch)
    monkeypatch.setattr(server, "ALIVE_S", 0.1)
    monkeypatch.setattr(server, "run", lambda *_: time.sleep(1.5))
    monkeypatch.setattr(client, "SILENT_LOOKS", 3)
    here, there = socket.socketpair()
    with here, there:
        served = threading.Thread(target=Worker(endpoint)._serve, args=(there,))
        served.start()
        staged = replace(task, avatar=task.avatar.with_name(".avatar.zip"))
        Connection(here).send_request(Request(staged, Path("/"), 7))
        answers = []
        while Done() not in answers:
            client._wait_for_answer(here, os.getpid())
            answers.append(Connection(here).receive_answer())
        here.close()
        served.join()
    assert answers[0] == Begun() and answers.count(Alive()) > 3


def test_a_client_that_sends_no_request_does_not_hold_up_the_worker(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "REQUEST_S", 0.3)
    here, there = socket.socketpair()
    with here, there:
        began = time.monotonic()
        assert Worker(endpoint)._serve(there)
        assert time.monotonic() - began < 5
    assert "a client sends no request" in caplog.text


def test_the_socket_is_the_owner_s_alone(endpoint: Endpoint, task: BakeRequest) -> None:
    run_task(task, 60)
    assert endpoint.socket.stat().st_mode & 0o777 == 0o600
    assert endpoint.folder.stat().st_mode & 0o777 == 0o700


def test_a_killed_client_leaves_no_output(
    endpoint: Endpoint, task: BakeRequest, tmp_path: Path
) -> None:
    job = start_job(waiting := blocked(task, tmp_path), tmp_path / "job.log")
    pipe = wait_begun(waiting)
    worker = worker_of(endpoint)
    job.terminate()
    assert job.wait() == -signal.SIGTERM
    os.close(pipe)
    other = replace(task, avatar=tmp_path / "other.zip")
    run_task(other, 60)  # waits until the worker has finished the abandoned task
    assert other.avatar.is_file()
    wait_until(lambda: list(task.avatar.parent.iterdir()) == [])
    assert worker  # it may have ended since: an empty pipe is no track


def test_outputs_for_a_client_that_left_are_removed(
    endpoint: Endpoint, task: BakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    here, there = socket.socketpair()
    with here, there:
        client_end = Connection(here)
        staged = replace(task, avatar=task.avatar.with_name(".avatar.zip"))
        client_end.send_request(Request(staged, Path("/"), 7))
        served = threading.Thread(target=Worker(endpoint)._serve, args=(there,))
        served.start()
        assert client_end.receive_answer() == Begun()
        here.close()
        served.join()
    assert list(task.avatar.parent.iterdir()) == []


def test_a_client_that_leaves_early_is_not_served(endpoint: Endpoint, task: BakeRequest) -> None:
    here, there = socket.socketpair()
    with there:
        with here:
            staged = replace(task, avatar=task.avatar.with_name(".avatar.zip"))
            Connection(here).send_request(Request(staged, Path("/"), 7))
        assert Worker(endpoint)._serve(there)
    assert not task.avatar.parent.exists()


def test_log_lines_arrive_with_names_and_levels(caplog: pytest.LogCaptureFixture) -> None:
    here, there = socket.socketpair()
    with here, there:
        record = logging.LogRecord("a.b", logging.WARNING, "f", 1, "%d %% done", (5,), None)
        server._ClientHandler(Connection(there)).emit(record)
        client._log(Connection(here).receive_answer())
    assert caplog.record_tuples == [("a.b", logging.WARNING, "5 % done")]
    assert caplog.records[0].created == record.created


def test_the_error_of_a_worker_that_does_not_start_is_reported(
    endpoint: Endpoint, task: BakeRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.exit('no start today')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(Fault, match=r"(?s)ended at once.*worker.mode to off.*no start today"):
        run_task(task, 60)


def test_a_worker_that_starts_too_slowly_is_a_fault(
    endpoint: Endpoint, task: BakeRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "sitecustomize.py").write_text(f"open({str(tmp_path / 'pipe')!r})")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(client, "START_LIMIT_S", 0.1)
    with pytest.raises(Fault, match="does not listen after"):
        run_task(task, 60)
    os.close(os.open(tmp_path / "pipe", os.O_WRONLY))  # lets it continue
    wait_until(lambda: "no longer waits for it" in Endpoint.of("preview").log.read_text())
    assert not list(endpoint.folder.glob("*.socket")), "it must not replace a later worker"


def test_a_worker_ends_when_its_code_changes(
    endpoint: Endpoint, task: BakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(endpoint)
    monkeypatch.setattr(server, "package_version", lambda: "another")
    here, there = socket.socketpair()
    with here, there:
        staged = replace(task, avatar=task.avatar.with_name(".avatar.zip"))
        Connection(here).send_request(Request(staged, Path("/"), 7))
        assert not worker._serve(there)
    assert not task.avatar.parent.exists()
