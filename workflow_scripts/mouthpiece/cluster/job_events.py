"""The events of all jobs of a run, which their nodes write into files on the shared disk."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..runs.events import Event, JobFailed, JobFinished, JobStarted, Planned, RunFailed, parse

MOST_JOBS = 1_000_000
"""The jobs of each file are counted from a multiple of this: no two have the same number."""


@dataclass
class _Read:
    """What was read of a file: its jobs are counted from `first_job`."""

    first_job: int
    bytes: int = 0


class JobEvents:
    """Reads what is new in the files of events.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, _Read] = {}

    def new(self) -> Iterator[Event]:
        """Read on.

        Yields:
            The events since the last call, with numbers of jobs that are unique in the run.
        """
        for file in sorted(self._folder.glob("*.jsonl")):
            known = self._read.setdefault(file, _Read((len(self._read) + 1) * MOST_JOBS))
            if file.stat().st_size <= known.bytes:
                continue
            with file.open("rb") as stream:
                stream.seek(known.bytes)
                lines, _, _ = stream.read().rpartition(b"\n")
            if lines:
                known.bytes += len(lines) + 1
                for line in lines.split(b"\n"):
                    if event := parse(line.decode("utf-8", "replace")):
                        yield from _numbered(event, known.first_job)


def _numbered(event: Event, first: int) -> Iterator[Event]:
    """An event with its job's number in the whole run; none of what only a single run tells."""
    match event:
        case JobStarted() | JobFinished() | JobFailed():
            yield replace(event, job=first + event.job)
        case Planned() | RunFailed():
            pass
        case _:
            yield event
