"""How far a run is that another process works on, as the file of its events tells it."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.processes import PROC
from .event_files import host_mark, runs
from .stages import NAMES, stage_of

BLOCK = 1 << 20
"""How many bytes of the file are read at a time."""


PROGRAMS = {b"snakemake", b"mouthpiece"}
"""What records a run; on Slurm the command itself does."""


@dataclass(frozen=True)
class RunFigures:
    """How far a run is.

    Attributes:
        run: Its name.
        jobs: How many jobs it has, as far as they are known; it may find some of them needless.
        done: How many of them are done.
        failed: How many attempts at a job failed.
        stage: The last stage that has started, in words; empty: none has yet.
        ended: `done`, `failed` or `stopped`; empty: it is at work, or was killed.
    """

    run: str
    jobs: int
    done: int
    failed: int
    stage: str
    ended: str

    @property
    def pid(self) -> int:
        """The process that works on it here; 0: it has ended, was killed, or is elsewhere."""
        began, _, pid = self.run.rpartition("-")
        if self.ended or not pid.isdigit() or not began.endswith(f"-{host_mark()}"):
            return 0
        try:
            command = (PROC / pid / "cmdline").read_bytes()
        except OSError:
            return 0
        names = {word.rpartition(b"/")[2] for word in command.split(b"\0")}
        return int(pid) if names & PROGRAMS else 0  # else the number is another's by now


@dataclass
class _Counts:
    """What the lines said so far."""

    events: Counter[str] = field(default_factory=Counter)
    jobs: int = 0
    stage: int = -1
    ended: str = ""


class EventTail:
    """Reads the events of a project's newest run, each line once.

    Args:
        folder: The folder of the files of events.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._run, self._offset, self._counts = "", 0, _Counts()

    @property
    def newest(self) -> str:
        """The name of the newest run; empty: there was none yet."""
        return next(reversed(runs(self._folder)), "")

    def read(self) -> RunFigures | None:
        """Read what was written since.

        Returns:
            How far the newest run is; None: there was none yet.
        """
        name = self.newest
        if name != self._run:
            self._run, self._offset, self._counts = name, 0, _Counts()
        if not name:
            return None
        try:
            with (self._folder / f"{name}.jsonl").open("rb") as file:
                file.seek(self._offset)
                while block := file.read(BLOCK):
                    lines, end, _ = block.rpartition(b"\n")
                    if not end:
                        break
                    self._offset += len(lines) + 1
                    file.seek(self._offset)
                    for line in lines.split(b"\n"):
                        self._count(line)
        except FileNotFoundError:  # a later run has removed the oldest
            return None
        found = self._counts
        stage = NAMES[found.stage] if found.stage >= 0 else ""
        done, failed = found.events["job_ended"], found.events["job_failed"]
        return RunFigures(name, max(found.jobs, done), done, failed, stage, found.ended)

    def _count(self, line: bytes) -> None:
        try:
            values: dict[str, Any] = json.loads(line)
            event = str(values["event"])
            if event == "jobs_known":
                self._counts.jobs += sum(values["jobs"].values())
            elif event == "job_began":
                found = stage_of(values["rule"])
                self._counts.stage = self._counts.stage if found < 0 else found
            elif event == "run_ended":
                self._counts.ended = str(values["state"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return  # a damaged line, such as the last one of a full disk
        self._counts.events[event] += 1
