"""The events of all jobs of a run, which their nodes write into files on the shared disk."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..runs.events import Event, JobFailed, JobFinished, JobStarted, Planned, RunFailed, parse

MOST_JOBS = 1_000_000
"""The jobs of each file are counted from a multiple of this: no two have the same number."""


class JobEvents:
    """Reads what is new in the files of events.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, int] = {}

    def new(self) -> Iterator[Event]:
        """Read on.

        Yields:
            The events since the last call, with numbers of jobs that are unique in the run.
        """
        for file in sorted(self._folder.glob("*.jsonl")):
            number = list(self._read).index(file) if file in self._read else len(self._read)
            with file.open("rb") as stream:
                stream.seek(self._read.setdefault(file, 0))
                lines, _, _ = stream.read().rpartition(b"\n")
            if lines:
                self._read[file] += len(lines) + 1
                for line in lines.split(b"\n"):
                    if event := parse(line.decode("utf-8", "replace")):
                        yield from _numbered(event, (number + 1) * MOST_JOBS)


def _numbered(event: Event, first: int) -> Iterator[Event]:
    """An event with its job's number in the whole run; none of what only a single run tells."""
    match event:
        case JobStarted() | JobFinished() | JobFailed():
            yield replace(event, job=first + event.job)
        case Planned() | RunFailed():
            pass
        case _:
            yield event
