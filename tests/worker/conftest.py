"""Workers of the tests' own, in a folder of their own; none is left behind."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import makers
from mouthpiece.core.user_folder import private_folder
from mouthpiece.faces.track import Track
from mouthpiece.stages.requests import BakeRequest
from mouthpiece.worker.endpoint import Endpoint
from mouthpiece.worker.stop import stop

FRAMES = 3


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """Where this test's worker is; a short path, since sockets want one."""
    runtime = Path(tempfile.mkdtemp(prefix="w"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    yield Endpoint.of("preview")
    stop(private_folder())
    shutil.rmtree(runtime)


@pytest.fixture
def task(tmp_path: Path) -> BakeRequest:
    """A cut that was passed through: its avatar is an empty file."""
    makers.ffmpeg(*makers.counting(seconds=0.2), *makers.X264, "-g", "1", tmp_path / "m.mp4")
    Track(np.zeros((0, 468, 3), np.float32), np.zeros(0, bool)).save(tmp_path / "track.npz")
    return BakeRequest(
        mezzanine=tmp_path / "m.mp4",
        cut="000000-000002",
        track=tmp_path / "track.npz",
        engine="preview",
        settings={},
        avatar=tmp_path / "made" / "avatar.zip",
    )


def blocked(task: BakeRequest, folder: Path) -> BakeRequest:
    """The same, but it waits at a pipe until somebody opens that for writing: see `at_work`."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    return replace(task, track=pipe)


def at_work(task: BakeRequest) -> int:
    """Wait until a worker is at a `blocked` task; it goes on when the descriptor is closed."""
    return os.open(task.track, os.O_WRONLY)
