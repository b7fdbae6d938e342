"""Workers of the tests' own, in a folder of their own; none is left behind."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import makers
from mouthpiece.faces.track import Track
from mouthpiece.worker.endpoint import Endpoint, private_folder
from mouthpiece.worker.stop import stop
from mouthpiece.worker.tasks import Bake

FRAMES = 3


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """Where this test's worker is; a short path, since sockets want one."""
    runtime = Path(tempfile.mkdtemp(prefix="w"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    yield Endpoint.of("preview")
    stop(private_folder())
    shutil.rmtree(runtime)


@pytest.fixture
def order(tmp_path: Path) -> Bake:
    """A cut that was passed through: its avatar is an empty file."""
    makers.ffmpeg(*makers.counting(seconds=0.2), *makers.X264, "-g", "1", tmp_path / "m.mp4")
    Track(np.zeros((0, 468, 3), np.float32), np.zeros(0, bool)).save(tmp_path / "track.npz")
    return Bake(
        mezzanine=tmp_path / "m.mp4",
        cut="000000-000002",
        track=tmp_path / "track.npz",
        engine={"engine": "preview", "settings": {}, "weights": ""},
        neutral={},
        avatar=tmp_path / "made" / "avatar.zip",
    )


def blocked(order: Bake, folder: Path) -> Bake:
    """The same, but it waits at a pipe until somebody opens that for writing: see `at_work`."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    return Bake(
        mezzanine=order.mezzanine, cut=order.cut, track=pipe, engine=order.engine,
        neutral={}, avatar=order.avatar,
    )  # fmt: skip


def at_work(order: Bake) -> int:
    """Wait until a worker is at a `blocked` order; it goes on when the descriptor is closed."""
    return os.open(order.track, os.O_WRONLY)
