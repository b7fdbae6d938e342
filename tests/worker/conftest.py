"""Each test has its own pool in its own folder. It ends with the test."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import makers
from mouthpiece.core.user_folder import private_folder
from mouthpiece.faces.track import Track
from mouthpiece.worker import client
from mouthpiece.worker.endpoint import Endpoint, Limits
from mouthpiece.worker.rule_job import LISTS
from mouthpiece.worker.stop import stop

FRAMES = 3
LIMITS = Limits(workers=2, idle_s=60, memory_mb=4000, device_memory_mb=8000)


@dataclass(frozen=True)
class Command:
    """The command of a job, as a rule has it.

    Attributes:
        folder: The working folder.
        pool: The pool; None: the job is a process of its own.
        script: The script.
        lists: The values of the job's lists, by name.
        kind: The kind of worker.
        tries: How often the job was sent.
        by_lines: Whether its words come by the standard input.
    """

    folder: Path
    pool: Endpoint | None
    script: str
    lists: Mapping[str, Mapping[str, Any]]
    kind: str = "cpu"
    tries: int = 0
    by_lines: bool = False

    @property
    def job(self) -> list[str]:
        """The words that describe the job."""
        words = [self.script, self.script, "1"]
        for name in LISTS:
            values = self.lists.get(name, {})
            words.append(repr([str(v) if isinstance(v, Path) else v for v in values.values()]))
            words.append(repr({key: (at, None) for at, key in enumerate(values)}))
        return words

    @property
    def words(self) -> list[str]:
        """All words of the client."""
        pool = [str(self.pool.socket), self.pool.text] if self.pool else ["-", "{}"]
        return [*pool, str(self.tries), self.kind, *(["-"] if self.by_lines else self.job)]

    def having(self, **values: Any) -> "Command":
        """The same command with other values, of the list that has them."""
        lists = {
            name: {key: values.get(key, value) for key, value in self.lists.get(name, {}).items()}
            for name in LISTS
        }
        return replace(self, lists=lists)

    def start(self, **environment: str) -> "subprocess.Popen[str]":
        """Start it."""
        with tempfile.TemporaryFile("w+") as lines:
            lines.write("".join(f"{word}\n" for word in self.job if self.by_lines))
            lines.seek(0)
            return subprocess.Popen(
                [sys.executable, "-I", "-S", client.__file__, *self.words],
                cwd=self.folder,
                stdin=lines,
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
                env=os.environ | environment,
                start_new_session=True,
            )

    def run(self, **environment: str) -> tuple[int, str]:
        """Run it; the exit code and what it said."""
        process = self.start(**environment)
        _, said = process.communicate(timeout=120)
        return process.returncode, said


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's private folder in this test. Its path is short, because sockets need that."""
    folder = Path(tempfile.mkdtemp(prefix="w"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield private_folder()
    stop(private_folder())
    shutil.rmtree(folder)


@pytest.fixture
def endpoint(runtime: Path) -> Endpoint:
    """The endpoint of this test's pool."""
    return Endpoint.of(runtime, LIMITS)


@pytest.fixture
def bake(endpoint: Endpoint, tmp_path: Path) -> Command:
    """The bake of a cut that was passed through: its avatar is an empty file."""
    makers.ffmpeg(*makers.counting(seconds=0.2), *makers.X264, "-g", "1", tmp_path / "m.mp4")
    Track(np.zeros((0, 468, 3), np.float32), np.zeros(0, bool)).save(tmp_path / "track.npz")
    return Command(
        folder=tmp_path,
        pool=endpoint,
        script="bake",
        lists={
            "input": {"mezzanine": "m.mp4", "track": "track.npz"},
            "output": {"avatar": "out/avatar.zip"},
            "params": {"engine": "preview", "settings": {}, "runtime_options": {}, "face": 0},
            "wildcards": {"video": "v", "cut": "000000-000002"},
            "resources": {"attempt": 1},
            "log": {"log": "bake.log"},
        },
    )


def blocked(command: Command) -> Command:
    """The same job, which waits at a pipe until it is opened for writing: see `wait_begun`."""
    os.mkfifo(command.folder / "pipe")
    return command.having(track="pipe")


def wait_begun(command: Command) -> int:
    """Wait until a worker runs a `blocked` job. It continues when the descriptor is closed."""
    return os.open(command.folder / "pipe", os.O_WRONLY)
