"""The files of a run's events: `logs/events/RUN.jsonl`, one JSON object a line.

docs/observability.md has the schema. A line is one write to a file that is opened for appending, so
that a reader never finds half of one, and a run that is killed leaves whole lines.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

FOLDER = Path("logs/events")

SCHEMA = 1
"""The version of the lines' schema. A new key or kind of event keeps it."""

MOST_BYTES = 64 << 20
"""The size of a run's file after which only its end is written."""


class EventFile:
    """The file that a run writes.

    Attributes:
        run: The run's name.
        path: The file.
    """

    def __init__(self, folder: Path, keep: int) -> None:
        """Create the file, and remove those of the oldest runs.

        Args:
            folder: Where the files are.
            keep: How many runs' files to keep, with this one.

        Raises:
            OSError: It cannot be created.
        """
        self.run = _new_name()
        self.path = folder / f"{self.run}.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        _forget(folder, keep - 1)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._file: int | None = os.open(self.path, flags, 0o644)
        self._bytes = 0

    def write(self, event: str, time: float, values: Mapping[str, Any], last: bool = False) -> None:
        """Write a line.

        Args:
            event: The kind of the event.
            time: When, in seconds since 1970.
            values: What else is known, as JSON can hold it.
            last: Whether it is the last line, which is always written.
        """
        if self._file is None:
            return
        if self._bytes >= MOST_BYTES and not last:
            return
        values = {"time": round(time, 3), "event": event, **values}
        line = json.dumps(values, separators=(",", ":"), allow_nan=False) + "\n"
        try:
            os.write(self._file, line.encode())
        except OSError:  # a full disk: results say so, and a run does not fail for its events
            return
        self._bytes += len(line)
        if last:
            os.close(self._file)
            self._file = None


def _new_name() -> str:
    """Name a run: when it began, machine and process."""
    return f"{datetime.now():%Y-%m-%d-%H%M%S}-{host_mark()}-{os.getpid()}"


def host_mark() -> str:
    """Name this machine as the names of runs do.

    Returns:
        Letters, digits and "-".
    """
    return re.sub("[^A-Za-z0-9-]", "-", os.uname().nodename)[:60]


def _forget(folder: Path, keep: int) -> None:
    """Remove the files of all runs but the newest."""
    names = runs(folder)
    for run in names[: max(0, len(names) - keep)]:
        for suffix in (".jsonl", ".cuts.tsv"):
            (folder / f"{run}{suffix}").unlink(missing_ok=True)


def runs(folder: Path) -> list[str]:
    """List the runs of a project, the oldest first.

    Args:
        folder: Where the files are.

    Returns:
        Their names.
    """
    return sorted(path.stem for path in folder.glob("*.jsonl"))


def read_events(folder: Path, run: str) -> list[dict[str, Any]]:
    """Read the events of a run.

    Args:
        folder: Where the files are.
        run: The run's name.

    Returns:
        The events; a line that is damaged, such as the last one of a full disk, is left out.
    """
    return [*_lines(folder / f"{run}.jsonl")]


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                values = json.loads(line)
                if isinstance(values["event"], str) and isinstance(values["time"], int | float):
                    yield values
            except (ValueError, KeyError, TypeError):
                continue
