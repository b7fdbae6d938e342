"""Records a run: its events go to `logs/events/`, its counters to a file for Prometheus.

It works in the process of the run, also of a bare `snakemake`, and knows of a job what Snakemake
logs, and what the job measured of itself (`core.measures`). No line has content in it: videos, dubs
and cuts are named by their ids.
"""

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..core.files import folder_mark
from ..core.measures import Measure, read_measure, timing_file
from ..core.user_files import os_error_text, user_path
from ..project.project import Project
from .cut_costs import CutCosts
from .event_files import FOLDER, SCHEMA, EventFile
from .events import Event, JobFailed, JobFinished, JobName, JobsKnown, JobStarted
from .prometheus import Exporter, Figures

log = logging.getLogger(__name__)

CLOCKS_DIFFER_S = 2.0
"""By how much the clocks of a node and of its disk may differ."""
ROUNDED_S = 0.05
"""By how much the time that a job measured of itself may be longer than that between its events."""


@dataclass(frozen=True)
class Running:
    """A job that has started.

    Attributes:
        event: Its start.
        attempt: How often it has started in this run, from 1.
    """

    event: JobStarted
    attempt: int


@dataclass
class _State:
    """What is known of the jobs of the run."""

    running: dict[int, Running] = field(default_factory=dict)
    attempts: Counter[JobName] = field(default_factory=Counter)
    to_do: set[JobName] = field(default_factory=set)
    workers: dict[str, int] = field(default_factory=dict)
    """How many jobs each worker has done that has not ended."""


class Recorder:
    """Records one run.

    Args:
        folder: The run's working folder.
        events: Where the events go; None: nowhere, as in a job of a cluster, whose run records it.
        exporter: Where the counters go; None: nowhere.
        known: What is known of the run before it begins, as JSON can hold it.
    """

    def __init__(
        self,
        folder: Path,
        events: EventFile | None,
        exporter: Exporter | None = None,
        known: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._known = known
        self._folder, self._events, self._exporter = folder, events, exporter
        self._state, self._figures, self._costs = _State(), Figures(), CutCosts()
        self._lock = threading.RLock()  # Snakemake logs from several threads
        self._ended = False

    def begin(self, **known: Any) -> None:
        """Record that the run begins.

        Args:
            **known: What is known of it, as JSON can hold it.
        """
        now = self._figures.began = time.time()
        run = self._events.run if self._events else ""
        self._write("run_began", now, schema=SCHEMA, run=run, **self._known, **known)
        self._export(now, always=True)

    def update(self, event: Event) -> Measure | None:
        """Record an event.

        Args:
            event: What happened.

        Returns:
            What a job took that ended; None where it is not known, or its end was told before.
        """
        with self._lock:
            match event:
                case JobsKnown(now, jobs):
                    self._plan(jobs, now)
                case JobStarted():
                    self._begin_job(event)
                case JobFinished(now, job, took):
                    return self._end_job(job, now, took, failed=False)
                case JobFailed(time=now, job=job, took=took):
                    return self._end_job(job, now, took, failed=True)
        return None

    def _plan(self, jobs: Iterable[JobName], now: float) -> None:
        new = [name for name in dict.fromkeys(jobs) if name not in self._state.to_do]
        self._state.to_do.update(new)  # on a cluster, more than one node may tell of a job
        self._figures.jobs_left = len(self._state.to_do)
        for name in new:
            self._figures.cuts.add(name.video, name.cut, 1)
        rules = Counter(name.rule for name in new)
        self._write("jobs_known", now, jobs=dict(sorted(rules.items())))

    def _begin_job(self, event: JobStarted) -> None:
        self._state.attempts[event.name] += 1
        attempt = self._state.attempts[event.name]
        self._state.running[event.job] = Running(event, attempt)
        known = {"attempt": attempt, "gpus": event.gpus, "threads": event.threads}
        self._write("job_began", event.time, job=event.job, **_ids(event.name), **known)
        self._export(event.time)

    def _end_job(self, job: int, now: float, told: Measure | None, failed: bool) -> Measure | None:
        running = self._state.running.pop(job, None)
        if running is None:
            return None
        name, began = running.event.name, running.event.time
        took = told or self._measure(running, now - began)
        if took and took.worker:
            self._meet(took.worker, now)
        values: dict[str, Any] = {"job": job, **_ids(name), "attempt": running.attempt}
        values |= {"wall_s": round(now - began, 3)} | _values(took)
        if failed:
            values["outcome"] = "failed"
        self._write("job_failed" if failed else "job_ended", now, **values)
        self._count(name, took, now - began, failed)
        if running.event.is_checkpoint and not failed:
            self._write("checkpoint", now, **_ids(name))
        self._export(now)
        return took

    def end(self, state: str) -> None:
        """Record the end of the run; what comes later is not recorded.

        Args:
            state: `done`, `failed` or `stopped`.
        """
        with self._lock:
            if self._ended:
                return
            self._ended = True
            now, found = time.time(), self._figures
            found.state = state
            if state == "done":  # jobs that a checkpoint found to be needless
                found.jobs_left = 0
                found.cuts.finish()
            if self._events:
                totals = {"state": state, **found.totals(now)}
                self._events.write("run_ended", now, totals, last=True)
                self._costs.write(self._events.path.with_suffix(".cuts.tsv"))
            self._export(now, always=True)

    def _measure(self, running: Running, wall_s: float) -> Measure | None:
        name = running.event.name
        wildcards = {"video": name.video, "language": name.language, "cut": name.cut}
        file = self._folder / timing_file(name.rule, wildcards)
        try:
            is_new = file.stat().st_mtime >= running.event.time - CLOCKS_DIFFER_S
        except OSError:
            return None
        took = read_measure(file) if is_new else None
        # A job that took longer than this one was another: its last attempt, just before.
        return took if took and took.wall_s <= wall_s + ROUNDED_S else None

    def _count(self, name: JobName, took: Measure | None, wall_s: float, failed: bool) -> None:
        found = self._figures
        found.count_job(name.rule, took, wall_s, failed)
        self._costs.add(name, took, wall_s)
        if not failed and name in self._state.to_do:
            self._state.to_do.discard(name)
            found.jobs_left = len(self._state.to_do)
            found.cuts.add(name.video, name.cut, -1)

    def _meet(self, worker: str, now: float) -> None:
        """Notice a worker that was not seen before, and those of its machine that have ended."""
        workers = self._state.workers
        if worker not in workers:
            self._figures.workers += 1
            self._write("worker_began", now, worker=worker)
            for other in [other for other in workers if _has_ended(other, worker)]:
                self._write("worker_ended", now, worker=other, jobs=workers.pop(other))
        workers[worker] = workers.get(worker, 0) + 1

    def _write(self, event: str, now: float, **values: Any) -> None:
        if self._events and not self._ended:
            self._events.write(event, now, values)

    def _export(self, now: float, always: bool = False) -> None:
        if self._exporter:
            self._exporter.export(self._figures, now, always)


def _ids(name: JobName) -> dict[str, str]:
    """What tells a job from others; ids that it does not have are left out."""
    return {key: value for key, value in vars(name).items() if value}


def _values(took: Measure | None) -> dict[str, Any]:
    """What a job measured of itself; its own wall time is without the wait for a worker."""
    if took is None:
        return {"outcome": "done"}
    return {
        "job_wall_s": round(took.wall_s, 3),
        "cpu_s": round(took.cpu_s, 3),
        "peak_mb": round(took.peak_mb, 1),
        "gpu_s": round(took.gpu_s or 0.0, 3),
        "cache": took.cache,
        "worker": took.worker,
        "outcome": took.outcome,
    }


def _has_ended(worker: str, other: str) -> bool:
    """Whether a worker of the machine of another one has ended; unknown of other machines."""
    host, _, pid = worker.rpartition("-")
    here = os.uname().nodename
    return host == other.rpartition("-")[0] == here and not Path("/proc", pid).exists()


def open_recorder(folder: Path, project: Project) -> Recorder:
    """Make the recorder of a run, as its config wants it. What cannot be recorded is a warning.

    Args:
        folder: The run's working folder.
        project: The project.

    Returns:
        The recorder.
    """
    settings = project.settings.metrics
    events: EventFile | None = None
    try:
        events = EventFile(folder / FOLDER, settings.keep_runs)
    except OSError as error:
        log.warning("%s; no events are recorded", os_error_text(error))
    file = settings.prometheus_file
    exporter: Exporter | None = None
    if file:
        exporter = Exporter(folder / user_path(file), settings.interval_s, folder_mark(folder))
    known = {
        "version": version("mouthpiece"),
        "videos": len(project.videos),
        "films": len(project.dubs),
    }
    return Recorder(folder, events, exporter, known)
