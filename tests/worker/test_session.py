"""What a worker tells the client, and the log, of a job that it does not do."""

import socket
from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.core.job_logs import last_error
from mouthpiece.worker.process import CHANGED
from mouthpiece.worker.session import Session

from .conftest import Command


def test_a_worker_whose_code_has_changed_says_so_in_the_job_s_log(
    bake: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # the session goes to the job's folder
    client, worker = socket.socketpair()
    with client, worker:
        data = "\0".join([str(bake.folder), *bake.job]).encode()
        client.sendall(len(data).to_bytes(4, "big") + data)
        Session(worker).turn_away(Fault(CHANGED))
        answer = client.recv(1000)
    assert CHANGED.encode() in answer
    assert last_error(bake.folder / "bake.log") == CHANGED
