"""What a job took, measured where it runs: a small side file for each job, in `timings/`.

No result depends on it. The first columns are those of Snakemake's own `benchmark:`.
"""

import contextlib
import csv
import os
import resource
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .processes import PROC

FOLDER = Path("timings")
"""Where the files are, relative to the working folder of the run."""

Cache = Literal["hit", "miss", "off"]
"""Whether the results of a job came from the cache between projects."""

Outcome = Literal["done", "gave_up", "failed"]
"""How a job ended; one that gave up wrote a fault as its outcome."""

COLUMNS = ("s", "cpu_time", "max_rss", "gpu_s", "cache", "worker", "outcome")


@dataclass(frozen=True)
class Measure:
    """What a job took.

    Attributes:
        wall_s: Wall time in seconds.
        cpu_s: CPU time in seconds, with that of the programs it ran.
        peak_mb: The most memory that its process held at once, in MB; a warm worker's has what it
            kept from earlier jobs in it.
        gpu_s: For how long it held GPUs, in seconds times GPUs; None: nobody measured it.
        cache: Whether its results came from the cache between projects.
        worker: The process it ran in, as `HOST-PID`; empty: it is not known.
        outcome: How it ended.
    """

    wall_s: float
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    gpu_s: float | None = None
    cache: Cache = "off"
    worker: str = ""
    outcome: Outcome = "done"


@dataclass
class Meter:
    """What a job says of itself while it is measured.

    Attributes:
        cache: Whether its results came from the cache between projects.
        outcome: How it ended.
    """

    cache: Cache = "off"
    outcome: Outcome = field(default="done")


def timing_file(rule: str, wildcards: Mapping[str, str]) -> Path:
    """Find the file of a job's measure.

    Args:
        rule: Its rule.
        wildcards: Its wildcards.

    Returns:
        A path relative to the working folder: `timings/[video/][language/][cut/]RULE.tsv`.
    """
    folders = (wildcards.get(name, "") for name in ("video", "language", "cut"))
    return FOLDER.joinpath(*filter(None, folders), f"{rule}.tsv")


@contextlib.contextmanager
def measured(file: Path, gpus: int = 0) -> Iterator[Meter]:
    """Measure a job that runs in this process, and write down what it took, however it ends.

    Args:
        file: Where to write; see `timing_file`.
        gpus: How many GPUs it holds.

    Yields:
        What the job says of itself.
    """
    _forget_peak()
    meter, began, cpu_s = Meter(), time.monotonic(), _cpu_s()
    try:
        yield meter
    except SystemExit as ended:
        meter.outcome = "failed" if ended.code else "gave_up"
        raise
    except BaseException:
        meter.outcome = "failed"
        raise
    finally:
        took = time.monotonic() - began
        worker = f"{os.uname().nodename}-{os.getpid()}"
        spent = _cpu_s() - cpu_s
        found = Measure(took, spent, _peak_mb(), took * gpus, meter.cache, worker, meter.outcome)
        with contextlib.suppress(OSError):  # a full disk fails the job by its results, not by this
            _write(file, found)


def read_measure(file: Path) -> Measure | None:
    """Read what a job took.

    Args:
        file: What `measured` wrote.

    Returns:
        The measure; None where there is none: the job may have been killed.
    """
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            row = next(csv.DictReader(lines, delimiter="\t"), {})
        return Measure(
            float(row["s"]),
            _number(row.get("cpu_time")),
            _number(row.get("max_rss")),
            _number(row["gpu_s"]) if row.get("gpu_s") else None,
            _one_of(row.get("cache"), ("hit", "miss"), "off"),  # type: ignore[arg-type]
            row.get("worker") or "",
            _one_of(row.get("outcome"), ("gave_up", "failed"), "done"),  # type: ignore[arg-type]
        )
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError, csv.Error):
        return None


def _write(file: Path, found: Measure) -> None:
    values = (
        *(f"{found.wall_s:.4f}", f"{found.cpu_s:.4f}", f"{found.peak_mb:.1f}"),
        *(f"{found.gpu_s or 0:.4f}", found.cache, found.worker, found.outcome),
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = ("\t".join(row) + "\n" for row in (COLUMNS, values))
    file.write_text("".join(lines), encoding="utf-8")  # one write; half a row counts as none


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:  # the file is damaged
        return 0.0


def _one_of(text: str | None, names: tuple[str, ...], usual: str) -> str:
    return text if text in names else usual


def _cpu_s() -> float:
    spent = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _forget_peak() -> None:
    """Begin again with the peak of this process's memory, which a worker keeps; see proc(5)."""
    with contextlib.suppress(OSError):
        (PROC / "self" / "clear_refs").write_text("5", encoding="ascii")


def _peak_mb() -> float:
    try:
        status = (PROC / "self" / "status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
