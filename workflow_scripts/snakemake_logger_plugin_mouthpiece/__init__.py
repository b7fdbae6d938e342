"""A logger plugin of Snakemake: what happens in a run, as lines of JSON for `mouthpiece run`.

    snakemake --logger mouthpiece --logger-mouthpiece-events FILE

writes a line for each event that `mouthpiece.runs.events` reads, besides Snakemake's usual output.
Snakemake loads this package in its main process only, and does not give it to the jobs.
"""

import contextlib
import json
import os
import select
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from logging import WARNING, Filter, Handler, Logger, LogRecord, getLogger
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase

from mouthpiece.runs.events import event_of
from mouthpiece.runs.recorder import Recorder

PLUGIN = "mouthpiece"
"""What `--logger` calls it."""

NEW_JOBS = "mouthpiece_new_jobs"
"""The attribute of a log record that lists jobs to do that were not listed before."""

MEASURE = "mouthpiece_measure"
"""The attribute of the log record of a job's end with what the job took, where it is known."""


RECORDING = "mouthpiece.runs"
"""The logger of what records a run."""

STOPPING_S = 5.0
"""How long a run may take to stop after its command was killed, in seconds."""


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """The plugin's options.

    Attributes:
        events: Where the lines go: a file, or a pipe such as /dev/fd/3.
    """

    events: Path | None = field(
        default=None,
        metadata={"help": "Where the events go, as lines of JSON.", "required": True, "type": Path},
    )


class LogHandler(LogHandlerBase):
    """Writes the events of a run. A run whose reader of a pipe is gone is stopped."""

    def __post_init__(self) -> None:
        """Open the file."""
        self._lines = open(self.settings.events, "a", encoding="utf-8")  # noqa: PTH123, SIM115
        if stat.S_ISFIFO(os.fstat(self._lines.fileno()).st_mode):
            # A descriptor of its own: the file may be closed, and its number used again.
            threading.Thread(
                target=stop_without_reader, args=(os.dup(self._lines.fileno()),), daemon=True
            ).start()

    def emit(self, record: LogRecord) -> None:
        """Write the lines of a log record, if it has any.

        Args:
            record: What Snakemake logs.
        """
        with contextlib.suppress(OSError):  # nobody reads them any more
            for values in describe(record):
                self._lines.write(json.dumps({"time": record.created, **values}) + "\n")
            self._lines.flush()

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):
            self._lines.close()
        super().close()

    @property
    def writes_to_stream(self) -> bool:
        """Whether it takes the place of Snakemake's usual output."""
        return False

    @property
    def writes_to_file(self) -> bool:
        """Whether Snakemake tells where its file is."""
        return False

    @property
    def has_filter(self) -> bool:
        """Whether all records come here, whatever options make the usual output quieter."""
        return True

    @property
    def has_formatter(self) -> bool:
        """Whether it needs no text of Snakemake's."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """Whether it wants the graph of the rules."""
        return False


def stop_without_reader(pipe: int) -> None:
    """Stop this run, as by Ctrl-C, when the command that shows it was killed.

    Otherwise the same command, run again, would find this run at work.

    Args:
        pipe: The writing end of the pipe that the command reads.
    """
    poll = select.poll()
    poll.register(pipe, 0)  # only that there is no reader any more
    poll.poll()
    if os.getsid(0) != os.getpid():  # not the session that the command makes, of a run and its jobs
        os.kill(os.getpid(), signal.SIGINT)
        return
    os.killpg(os.getpgrp(), signal.SIGINT)
    time.sleep(STOPPING_S)  # a run that began in the background ignores it
    os.killpg(os.getpgrp(), signal.SIGKILL)


def describe(record: LogRecord) -> Iterator[dict[str, Any]]:
    """Describe what happened.

    Args:
        record: What Snakemake logs.

    Yields:
        The values of each event, as JSON can hold them.
    """
    values = record.__dict__
    event = values.get("event")
    if NEW_JOBS in values:
        yield {"event": "jobs", "jobs": values[NEW_JOBS]}
    if event == LogEvent.JOB_INFO:
        yield {
            "event": "started",
            "job": values["jobid"],
            "rule": values["rule_name"],
            "wildcards": dict(values["wildcards"] or {}),
            "log": [str(path) for path in values["log"] or ()],
            "gpus": _gpus(values.get("resources")),
            "threads": int(values.get("threads") or 1),
            "checkpoint": bool(values.get("is_checkpoint")),
        }
    elif event == LogEvent.JOB_FINISHED:
        yield {"event": "finished", "job": values["job_id"], **_measure(values)}
    elif event == LogEvent.JOB_ERROR:
        yield {
            "event": "failed",
            "job": values["jobid"],
            "rule": values["rule_name"],
            "log": [str(path) for path in values["log"] or ()],
            "group": bool(values.get("indent")),
            **_measure(values),
        }
    elif event == LogEvent.RUN_INFO:
        yield {"event": "plan", "jobs": _counts(values.get("stats"))}
    elif event == LogEvent.ERROR:
        yield {"event": "error", "message": str(values["msg"]), "kind": values["exception"]}
    elif event is None and record.levelno == WARNING:
        yield {"event": "warning", "message": record.getMessage()}


def _measure(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a job took, where it is known."""
    took = values.get(MEASURE)
    return {} if took is None else {"took": asdict(took)}


def _gpus(resources: Any) -> int:
    """How many GPUs a job holds."""
    found = getattr(resources, "gpu", 0)
    return found if isinstance(found, int) else 0


def _counts(stats: Any) -> dict[str, int]:
    """How many jobs there are of each rule."""
    return {str(rule): int(count) for rule, count in (stats or {}).items() if rule != "total"}


class _NewJobs(Filter):
    """Adds the jobs that became known to a record, in Snakemake's own thread."""

    def __init__(self, count: Callable[[], int], jobs: Callable[[], Iterable[Any]]) -> None:
        super().__init__()
        self._count, self._jobs, self._counted = count, jobs, -1
        self._known: set[tuple[Any, ...]] = set()

    def filter(self, record: LogRecord) -> bool:
        """Let every record pass."""
        if getattr(record, "event", None) == LogEvent.JOB_STARTED:
            count = self._count()
            if count != self._counted:  # at the start, and when a checkpoint added jobs
                self._counted = count
                setattr(record, NEW_JOBS, list(self._new()))
        return True

    def _new(self) -> Iterator[tuple[str, dict[str, str]]]:
        for job in self._jobs():
            name = (job.rule.name, *job.wildcards_dict.items())
            if name not in self._known:
                self._known.add(name)
                yield job.rule.name, dict(job.wildcards_dict)


def report_jobs(logger: Logger, workflow: Any) -> None:
    """Make a run report its jobs, at its start and whenever a checkpoint adds some.

    Args:
        logger: Snakemake's.
        workflow: Snakemake's.
    """
    # The graph of jobs is made after the rules are read.
    logger.addFilter(_NewJobs(lambda: len(workflow.dag), lambda: workflow.dag.needrun_jobs()))


def forward_warnings(logger: Logger) -> None:
    """Make what is wrong with the record of a run a warning of the run, before it is opened.

    Args:
        logger: Snakemake's.
    """
    for name in (RECORDING, __name__):
        getLogger(name).handlers = [_Forwarding(logger)]


def record_run(logger: Logger, recorder: Recorder) -> None:
    """Make a run record its jobs.

    Args:
        logger: Snakemake's.
        recorder: What records them.
    """
    logger.addFilter(_Recording(recorder))


class _Forwarding(Handler):
    """Has Snakemake tell what is wrong with the record of a run, so that the display tells it."""

    def __init__(self, logger: Logger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: LogRecord) -> None:
        """Pass a record on."""
        self._logger.handle(record)


class _Recording(Filter):
    """Tells a recorder what Snakemake logs, and adds to the record what the job took."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder: Recorder | None = recorder

    def filter(self, record: LogRecord) -> bool:
        """Let every record pass."""
        if self._recorder and hasattr(record, "event"):
            try:
                self._tell(self._recorder, record)
            except Exception as error:  # no run fails because it cannot be recorded
                self._recorder = None
                warn = getLogger(__name__).warning
                warn("the events of this run are no longer recorded: %r", error)
        return True

    def _tell(self, recorder: Recorder, record: LogRecord) -> None:
        for values in describe(record):
            event = event_of({"time": record.created, **values})
            took = recorder.update(event) if event else None
            if took:
                setattr(record, MEASURE, took)
