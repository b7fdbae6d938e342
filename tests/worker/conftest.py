"""Each test has its own workers in its own folder. They end with the test."""

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
    """The endpoint of this test's worker. Its path is short, because sockets need that."""
    runtime = Path(tempfile.mkdtemp(prefix="w"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    yield Endpoint.of("preview")
    stop(private_folder())
    shutil.rmtree(runtime)


@pytest.fixture
def task(tmp_path: Path) -> BakeRequest:
    """The bake of a cut that was passed through: its avatar is an empty file."""
    makers.ffmpeg(*makers.counting(seconds=0.2), *makers.X264, "-g", "1", tmp_path / "m.mp4")
    Track(np.zeros((0, 468, 3), np.float32), np.zeros(0, bool)).save(tmp_path / "track.npz")
    return BakeRequest(
        mezzanine=tmp_path / "m.mp4",
        cut="000000-000002",
        track=tmp_path / "track.npz",
        engine="preview",
        settings={},
        avatar=tmp_path / "output" / "avatar.zip",
    )


def blocked(task: BakeRequest, folder: Path) -> BakeRequest:
    """The same task, which waits at a pipe until it is opened for writing: see `wait_begun`."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    return replace(task, track=pipe)


def wait_begun(task: BakeRequest) -> int:
    """Wait until a worker runs a `blocked` task. It continues when the descriptor is closed."""
    return os.open(task.track, os.O_WRONLY)
