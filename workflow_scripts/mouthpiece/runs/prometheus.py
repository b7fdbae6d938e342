"""A run's counters, in Prometheus' text format (exposition format 0.0.4).

A file that the textfile collector of the node exporter reads: it is renamed into place, so it is
whole at any moment. Counters begin at zero with each run, as Prometheus expects of a restart.
"""

import logging
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..core.leftovers import is_left
from ..core.measures import Measure
from ..core.owners import temporary_name
from ..core.user_files import os_error_text
from .cut_counts import CutCounts

STATES = ("running", "done", "failed", "stopped")

LAST_SUCCESS = "mouthpiece_last_success_timestamp_seconds"

FIRST = "# HELP mouthpiece_"
"""What a file with counters begins with."""

MOST_CHARACTERS = 1 << 20
"""How much is read of a file. Counters take some 10,000."""

_LAST_SUCCESS = re.compile(rf"^{LAST_SUCCESS}(?:{{.*}})? ([0-9.]+)$", re.M)

log = logging.getLogger(__name__)


@dataclass
class Figures:
    """What is counted of a run.

    Attributes:
        began: When it began, in seconds since 1970.
        state: One of `STATES`.
        jobs: Jobs by rule and outcome: `done`, `gave_up` or `failed`.
        wall_s: Seconds that jobs took, by rule, with the wait for a worker.
        cpu_s: CPU seconds by rule, of the jobs that measured them.
        gpu_s: Seconds times GPUs by rule.
        cache: Jobs by what the cache between projects had: `hit` or `miss`.
        jobs_left: Jobs to do, as far as they are known.
        cuts: The cuts that it works on.
        workers: How many workers ran its jobs.
    """

    began: float = 0.0
    state: str = "running"
    jobs: Counter[tuple[str, str]] = field(default_factory=Counter)
    wall_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cpu_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    gpu_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cache: Counter[str] = field(default_factory=Counter)
    jobs_left: int = 0
    cuts: CutCounts = field(default_factory=CutCounts)
    workers: int = 0

    def count_job(self, rule: str, took: Measure | None, wall_s: float, failed: bool) -> None:
        """Count a job that ended.

        Args:
            rule: Its rule.
            took: What it measured of itself, if it did.
            wall_s: Its wall time in seconds, as the run saw it.
            failed: Whether it failed.
        """
        outcome = "failed" if failed else took.outcome if took else "done"
        self.jobs[rule, outcome] += 1
        self.wall_s[rule] += wall_s
        if took:
            self.cpu_s[rule] += took.cpu_s
            self.gpu_s[rule] += took.gpu_s or 0.0
            if took.cache != "off":
                self.cache[took.cache] += 1

    def totals(self, now: float) -> dict[str, float]:
        """Add up, for the last event of the run.

        Args:
            now: Seconds since 1970.

        Returns:
            Totals by name.
        """
        outcomes = Counter[str]()
        for (_, outcome), number in self.jobs.items():
            outcomes[outcome] += number
        return {
            "wall_s": round(now - self.began, 3),
            "jobs": sum(outcomes.values()),
            "failed": outcomes["failed"],
            "gave_up": outcomes["gave_up"],
            "cuts": self.cuts.done,
            "cuts_left": self.cuts.left,
            "frames": self.cuts.frames,
            "cpu_s": round(sum(self.cpu_s.values()), 3),
            "gpu_s": round(sum(self.gpu_s.values()), 3),
            "cache_hits": self.cache["hit"],
            "cache_misses": self.cache["miss"],
            "workers": self.workers,
        }


def render(found: Figures, now: float, last_success: float | None, project: str) -> str:
    """Write the figures as Prometheus reads them.

    Every value has the label `project`: files of several projects on a host are read as one.

    Args:
        found: The figures.
        now: Seconds since 1970.
        last_success: When a run last ended well; None: never yet.
        project: Tells the project's folder from others.

    Returns:
        The text of the file.
    """
    jobs = [({"rule": r, "outcome": o}, n) for (r, o), n in sorted(found.jobs.items())]
    metrics: list[tuple[str, str, str, Iterable[tuple[Mapping[str, str], float]]]] = [
        ("jobs_total", "counter", "Jobs that ended in this run.", jobs),
        ("job_seconds_total", "counter", "Seconds that jobs took.", _by_rule(found.wall_s)),
        ("job_cpu_seconds_total", "counter", "CPU seconds of jobs.", _by_rule(found.cpu_s)),
        ("gpu_seconds_total", "counter", "Seconds times GPUs held.", _by_rule(found.gpu_s)),
        (
            *("cache_total", "counter", "Jobs by what the cache between projects had."),
            [({"result": name}, found.cache[name]) for name in ("hit", "miss")],
        ),
        ("faults_total", "counter", "Jobs that failed or gave up.", [({}, _faults(found))]),
        ("workers_total", "counter", "Workers that ran jobs.", [({}, found.workers)]),
        ("jobs_left", "gauge", "Jobs to do, as far as known.", [({}, found.jobs_left)]),
        (
            *("cuts", "gauge", "Cuts of videos by state, of this run."),
            [({"state": "done"}, found.cuts.done), ({"state": "left"}, found.cuts.left)],
        ),
        ("frames", "gauge", "Frames of the cuts that are done.", [({}, found.cuts.frames)]),
        (
            *("run_state", "gauge", "1 for the state that the run is in."),
            [({"state": state}, int(state == found.state)) for state in STATES],
        ),
        ("run_began_timestamp_seconds", "gauge", "When the run began.", [({}, found.began)]),
        ("updated_timestamp_seconds", "gauge", "When this file was written.", [({}, now)]),
    ]
    if last_success is not None:
        text = "When a run last ended well."
        name = LAST_SUCCESS.removeprefix("mouthpiece_")
        metrics.append((name, "gauge", text, [({}, last_success)]))
    return "".join(line for metric in metrics for line in _lines(*metric, project))


class Exporter:
    """Keeps a file up to date with a run's figures.

    Args:
        file: The file.
        interval_s: How often it is renewed at most, in seconds.
        project: Tells the project's folder from others.
    """

    def __init__(self, file: Path, interval_s: float, project: str) -> None:
        self._file, self._interval_s, self._project = file, interval_s, project
        self._written = float("-inf")
        text = _read(file)
        self._last_success = _last_success(text)
        self._is_refused = False
        self._is_foreign = bool(text) and not text.startswith(FIRST)
        if self._is_foreign:
            log.warning(
                "metrics.prometheus_file: %s has no counters of an earlier run in it; it is not "
                "replaced, and the counters are not written",
                file,
            )
        for path in file.parent.glob(f".{file.stem}.*"):
            if is_left(path):  # by a run that was killed
                path.unlink(missing_ok=True)

    def export(self, found: Figures, now: float, always: bool = False) -> None:
        """Renew the file, unless it is new enough. Where it cannot be written, one warning says so.

        Args:
            found: The figures.
            now: Seconds since 1970.
            always: Whether it is renewed in any case.
        """
        if self._is_foreign or (time.monotonic() - self._written < self._interval_s and not always):
            return
        self._written = time.monotonic()
        if found.state == "done":
            self._last_success = now
        try:
            _replace(self._file, render(found, now, self._last_success, self._project))
        except OSError as error:
            if not self._is_refused:
                text = os_error_text(error)
                log.warning("metrics.prometheus_file: %s; the counters are not written", text)
            self._is_refused = True


def _replace(file: Path, text: str) -> None:
    """Write a file whole. Its temporary name ends in no `.prom`: a collector would read it, too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(temporary_name(file.with_suffix("")))
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def _read(file: Path) -> str:
    """The beginning of a file; empty where it is not there, or cannot be read."""
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(MOST_CHARACTERS)
    except OSError:
        return ""


def _last_success(text: str) -> float | None:
    found = _LAST_SUCCESS.search(text)
    return float(found[1]) if found else None


def _by_rule(values: Mapping[str, float]) -> Iterator[tuple[Mapping[str, str], float]]:
    for rule, value in sorted(values.items()):
        yield {"rule": rule}, round(value, 3)


def _faults(found: Figures) -> int:
    return sum(n for (_, outcome), n in found.jobs.items() if outcome != "done")


def _lines(
    name: str,
    kind: str,
    text: str,
    values: Iterable[tuple[Mapping[str, str], float]],
    project: str,
) -> Iterator[str]:
    yield f"# HELP mouthpiece_{name} {text}\n# TYPE mouthpiece_{name} {kind}\n"
    for labels, value in values:
        named = ",".join(
            f'{key}="{label}"' for key, label in {"project": project, **labels}.items()
        )
        yield f"mouthpiece_{name}{{{named}}} {value!r}\n"
