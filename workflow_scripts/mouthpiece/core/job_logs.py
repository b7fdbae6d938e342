"""The logs of jobs, which `core.jobs.job` writes."""

import contextlib
import logging
import re
import time
from pathlib import Path

RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) [\w.]+: ", re.M)
"""How a record begins; see `core.jobs.job`."""

LAST_BYTES = 1 << 16
"""How much of the end of a log is read."""


def last_error(log: Path) -> str:
    """Read the last error of a job's log.

    Args:
        log: The file.

    Returns:
        Its message; empty where there is none.
    """
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - LAST_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    records = list(RECORD.finditer(text))
    ends = [*(record.start() for record in records[1:]), len(text)]
    errors = [
        text[record.end() : end].strip()
        for record, end in zip(records, ends, strict=False)
        if record[1] == "ERROR"
    ]
    return errors[-1] if errors else ""


def append_error(log: Path, message: str) -> None:
    """Add an error to a job's log: of a job that had no part in it, such as one that never began.

    Args:
        log: The file; where it cannot be written, nothing is.
        message: What is wrong.
    """
    at = time.strftime(logging.Formatter.default_time_format)
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{at},000 ERROR {__name__}: {message}\n")
