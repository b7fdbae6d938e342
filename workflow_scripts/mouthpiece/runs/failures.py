"""Why a run failed, one message for each error: from the logs of its jobs, or from Snakemake."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.job_logs import last_error
from .events import Event, JobFailed, JobFinished, JobName, JobStarted, RunFailed

NO_MESSAGE = "the job ended without a message: it was killed, ran out of memory or could not start"

OF_JOBS = ("RuleException", "CalledProcessError", "SpawnedJobError")
"""Snakemake's exceptions for a job that failed, which `JobFailed` tells already."""

CHECKS = ("preflight", "dub")
"""The rules that check what the user gave, before any work."""

LOCATION = re.compile(r'^\w+(?: in (?:rule \w+ in )?file ".*", line \d+)?:\n')
"""How Snakemake begins the message of an exception: its class, and a line of a rules file."""

TRACEBACK = "Traceback (most recent call last)"
"""How Snakemake begins an error of its own that it does not expect, such as of a full disk."""

FRAME = re.compile(r'^\s*File ".*", line \d+, in .*$', re.M)


@dataclass(frozen=True)
class Failure:
    """A job that failed, and was not made good by another attempt.

    Attributes:
        name: The job.
        message: Its error.
        log: Where its log is, if it has one.
        in_group: Whether another job of its group may be the one that failed.
    """

    name: JobName
    message: str
    log: Path | None
    in_group: bool = False


@dataclass(frozen=True)
class Problem:
    """An error, and the jobs that it failed.

    Attributes:
        message: What is wrong, and what to do.
        jobs: The jobs; none where the run could not start.
        log: The log of the first one, if it has one.
    """

    message: str
    jobs: tuple[JobName, ...] = ()
    log: Path | None = None


class Failures:
    """Collects the failures of a run from its events.

    Args:
        folder: The run's working folder, to which the paths of logs are relative.
        shown: Of jobs that failed, those that are told; all by default.
    """

    def __init__(
        self,
        folder: Path,
        shown: Callable[[Sequence[JobName]], Sequence[JobName]] = lambda names: names,
    ) -> None:
        self._folder, self._shown = folder, shown
        self._names: dict[int, JobName] = {}
        self._failed: dict[JobName, JobFailed] = {}
        self._errors: dict[str, None] = {}

    def update(self, event: Event) -> None:
        """Take notice of an event.

        Args:
            event: What happened.
        """
        match event:
            case JobStarted(job=job, name=name):
                self._names[job] = name
            case JobFinished(job=job) if job in self._names:
                self._failed.pop(self._names[job], None)
            case JobFailed(job=job) if job in self._names:
                self._failed[self._names[job]] = event
            case RunFailed(message=message, kind=kind) if kind not in OF_JOBS:
                self._errors[plain(message)] = None

    def early(self, event: Event) -> Problem | None:
        """Describe the failure of a check, which a user should know while other films are made.

        Args:
            event: What happened; `update` has been called with it.

        Returns:
            The problem; None where the event is none.
        """
        name = self._names.get(event.job) if isinstance(event, JobFailed) else None
        if not isinstance(event, JobFailed) or name is None or name.rule not in CHECKS:
            return None
        return together([self._failure(name, event)])[0]

    def problems(self) -> list[Problem]:
        """List what went wrong.

        Returns:
            The errors of jobs, each once; without any, those that Snakemake stopped for.
        """
        if self._failed:
            shown = set(self._shown(list(self._failed)))
            return together(
                self._failure(name, event) for name, event in self._failed.items() if name in shown
            )
        return [Problem(message) for message in self._errors]

    def failed_jobs(self) -> list[tuple[JobName, Sequence[Path]]]:
        """List the jobs that failed, and were not made good by another attempt.

        Returns:
            Each with its logs.
        """
        return [(name, event.logs) for name, event in self._failed.items()]

    def _failure(self, name: JobName, event: JobFailed) -> Failure:
        for log in event.logs:
            if message := last_error(self._folder / log):
                return Failure(name, message, log, event.in_group)
        there = [log for log in event.logs if (self._folder / log).exists()]
        return Failure(name, NO_MESSAGE, there[0] if there else None, event.in_group)


def together(failures: Iterable[Failure]) -> list[Problem]:
    """Join failures with the same message.

    Of a group of jobs, which fails as a whole, those that gave no message are left out where
    another job gave one.

    Args:
        failures: The failed jobs.

    Returns:
        The problems, in the order of their first jobs.
    """
    failures = list(failures)
    explained = any(failure.message != NO_MESSAGE for failure in failures)
    found: dict[str, list[Failure]] = {}
    for failure in failures:
        if not (explained and failure.in_group and failure.message == NO_MESSAGE):
            found.setdefault(failure.message, []).append(failure)
    return [
        Problem(message, tuple(failure.name for failure in same), same[0].log)
        for message, same in found.items()
    ]


def plain(message: str) -> str:
    """Take what only developers want out of a message of Snakemake's.

    Args:
        message: As Snakemake logs it: a class of exceptions, a place in the rules, frames.

    Returns:
        What is wrong.
    """
    if message.lstrip().startswith(TRACEBACK):
        return message.strip().splitlines()[-1]
    text = FRAME.sub("", LOCATION.sub("", message, count=1))
    return "\n".join(line for line in text.splitlines() if line.strip()).strip() or message.strip()


def named(jobs: Sequence[JobName], most: int = 3) -> str:
    """Name jobs in a few words.

    Args:
        jobs: The jobs, at least one.
        most: How many are named one by one.

    Returns:
        Such as "draft of talk de 000000-000049".
    """
    first = [f"{job.rule} of {job}" if str(job) else job.rule for job in jobs[:most]]
    more = len(jobs) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")
