"""What was spent on each cut: by a run, as a table beside its events; and by all runs together."""

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.cuts import CUT_PATTERN
from ..core.errors import Fault
from ..core.files import write_text
from ..core.measures import Measure, read_measure
from .events import JobName

COLUMNS = ("video", "language", "cut", "jobs", "wall_s", "cpu_s", "gpu_s", "hits", "misses")


@dataclass
class CutCost:
    """What jobs of a cut took together.

    Attributes:
        jobs: How many there were.
        wall_s: Wall time in seconds, with the wait for a worker.
        cpu_s: CPU time in seconds, of those that measured it.
        gpu_s: For how long they held GPUs, in seconds times GPUs.
        hits: How many came from the cache between projects.
        misses: How many did not, though there is one.
    """

    jobs: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    gpu_s: float = 0.0
    hits: int = 0
    misses: int = 0

    def add(self, took: Measure | None, wall_s: float) -> None:
        """Add a job.

        Args:
            took: What it measured of itself, if it did.
            wall_s: Its wall time in seconds, as the run saw it.
        """
        self.jobs += 1
        self.wall_s += wall_s
        if took:
            self.cpu_s += took.cpu_s
            self.gpu_s += took.gpu_s or 0.0
            self.hits += took.cache == "hit"
            self.misses += took.cache == "miss"


class CutCosts:
    """What a run spent on each cut."""

    def __init__(self) -> None:
        self._costs: dict[tuple[str, str, str], CutCost] = defaultdict(CutCost)

    def add(self, name: JobName, took: Measure | None, wall_s: float) -> None:
        """Add a job; one that is of no cut is left out.

        Args:
            name: Its name; without a language, it serves all languages of its cut.
            took: What it measured of itself, if it did.
            wall_s: Its wall time in seconds, as the run saw it.
        """
        if name.cut:
            self._costs[name.video, name.language, name.cut].add(took, wall_s)

    def rows(self) -> Iterator[tuple[object, ...]]:
        """List the costs.

        Yields:
            `COLUMNS`, and a row for each cut.
        """
        yield COLUMNS
        for key, cost in sorted(self._costs.items()):
            yield *key, *(round(value, 3) for value in vars(cost).values())

    def write(self, file: Path) -> None:
        """Write the table; none where the run had no job of a cut.

        Args:
            file: Where to write. A disk that refuses it is no fault of the run.
        """
        if self._costs:
            lines = ("\t".join(map(str, row)) + "\n" for row in self.rows())
            with contextlib.suppress(OSError, Fault):
                write_text(file, "".join(lines))


def read_costs(timings: Path) -> CutCosts:
    """Add up what jobs of cuts took, whatever run they were in; of a job the last time counts.

    Args:
        timings: The folder of timings; it may be missing.

    Returns:
        The costs.
    """
    costs = CutCosts()
    for file in timings.glob("*/**/*.tsv"):
        *film, cut = file.relative_to(timings).parent.parts
        is_of_cut = film and re.fullmatch(CUT_PATTERN, cut)
        if is_of_cut and (took := read_measure(file)):
            video, language, *_ = (*film, "")
            costs.add(JobName(file.stem, video, language, cut), took, took.wall_s)
    return costs
