"""What happens in a run: the lines that the logger plugin writes, as objects."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.measures import Measure

STARTED = {"gpus": 0, "threads": 1, "checkpoint": False}
"""What else a job that starts is told with, and what is usual."""


@dataclass(frozen=True)
class JobName:
    """What tells a job from the others.

    Attributes:
        rule: Its rule.
        video: Its video; empty: it serves all of them.
        language: The key of its dub; empty: it serves all languages.
        cut: Its cut; empty: it serves all cuts.
        shard: The shard of its video that it makes, such as "2of7"; only jobs of Slurm have one.
    """

    rule: str
    video: str = ""
    language: str = ""
    cut: str = ""
    shard: str = ""

    @classmethod
    def of(cls, rule: str, wildcards: Mapping[str, str]) -> "JobName":
        """Name a job.

        Args:
            rule: Its rule.
            wildcards: The values of its wildcards.

        Returns:
            Its name.
        """
        keys = ("video", "language", "cut", "shard")
        return cls(rule, *(wildcards.get(key, "") for key in keys))

    def __str__(self) -> str:
        return " ".join(filter(None, (self.video, self.language, self.cut, self.shard)))


@dataclass(frozen=True)
class Event:
    """Something that happened in a run.

    Attributes:
        time: When, in seconds since 1970.
    """

    time: float


@dataclass(frozen=True)
class JobsKnown(Event):
    """Jobs to do became known: at the start of a run, and when a checkpoint is done.

    Attributes:
        jobs: Those that were not known before.
    """

    jobs: Sequence[JobName]


@dataclass(frozen=True)
class JobStarted(Event):
    """A job started, or was submitted to a cluster.

    Attributes:
        job: Its number.
        name: Its name.
        gpus: How many GPUs it holds.
        threads: How many cores it may use.
        is_checkpoint: Whether more jobs become known when it is done.
    """

    job: int
    name: JobName
    gpus: int = 0
    threads: int = 1
    is_checkpoint: bool = False


@dataclass(frozen=True)
class JobFinished(Event):
    """A job finished.

    Attributes:
        job: Its number.
        took: What it took; None: it is not known.
    """

    job: int
    took: Measure | None = None


@dataclass(frozen=True)
class JobFailed(Event):
    """A job failed; it may be started again.

    Attributes:
        job: Its number.
        logs: Its log, and that of the cluster.
        in_group: Whether it is of a group: another one of it may be the one that failed.
        took: What it took; None: it is not known.
    """

    job: int
    logs: Sequence[Path]
    in_group: bool
    took: Measure | None = None


@dataclass(frozen=True)
class Planned(Event):
    """How many jobs there are of each rule, as far as they are known yet.

    Attributes:
        jobs: By rule.
    """

    jobs: Mapping[str, int]


@dataclass(frozen=True)
class Warned(Event):
    """A warning of the workflow's.

    Attributes:
        message: The warning.
    """

    message: str


@dataclass(frozen=True)
class RunFailed(Event):
    """An error of Snakemake's, with the name of its exception.

    Attributes:
        message: The error, with what only developers want.
        kind: The name of its exception.
    """

    message: str
    kind: str


def parse(line: str) -> Event | None:
    """Read a line of the plugin's.

    Args:
        line: A JSON object.

    Returns:
        The event; None where the line is cut off or of another kind.
    """
    try:
        return event_of(json.loads(line))
    except ValueError:
        return None


def event_of(values: Mapping[str, Any]) -> Event | None:
    """Read what the plugin writes.

    Args:
        values: The values of a line.

    Returns:
        The event; None where they are of another kind.
    """
    try:
        return _event(values["event"], float(values["time"]), values)
    except (ValueError, KeyError, TypeError):
        return None


def _measure(values: Mapping[str, Any]) -> Measure | None:
    return Measure(**values["took"]) if values.get("took") else None


def _event(kind: str, time: float, values: Mapping[str, Any]) -> Event | None:
    match kind:
        case "jobs":
            return JobsKnown(time, [JobName.of(*job) for job in values["jobs"]])
        case "started":
            name = JobName.of(values["rule"], values["wildcards"])
            more = (values.get(key, usual) for key, usual in STARTED.items())
            return JobStarted(time, values["job"], name, *more)
        case "finished":
            return JobFinished(time, values["job"], _measure(values))
        case "failed":
            logs = [*map(Path, values["log"])]
            return JobFailed(time, values["job"], logs, values["group"], _measure(values))
        case "plan":
            return Planned(time, values["jobs"])
        case "warning":
            return Warned(time, values["message"])
        case "error":
            return RunFailed(time, values["message"], values["kind"])
    return None
