"""What jobs took: the benchmark files that Snakemake leaves in `timings/`.

They are side files: no result depends on them, and one that is missing is counted as missing. A
file lies in `{video}/`, `{video}/{cut}/`, `{video}/{language}/` or `{video}/{language}/{cut}/` and
bears the name of its rule.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ENGINE_STAGES = frozenset({"bake", "draft"})
"""The rules that hold the GPUs of the engine while they run."""

PARTIAL_STAGES = frozenset({"enhance"})
"""The rules that not all cuts ask for: where there is no timing, there was no job."""


@dataclass(frozen=True)
class Place:
    """A folder of timings, and the GPUs that jobs of its cut hold."""

    video: str
    language: str
    """Empty: what no language changes."""
    cut: str
    """Empty: what is done once for all cuts."""
    gpus: int = 0
    """That the cut's engine wants."""
    enhance_gpus: int = 0

    def gpus_of(self, stage: str) -> int:
        """How many GPUs a job of a stage holds here."""
        if stage in ENGINE_STAGES:
            return self.gpus
        return self.enhance_gpus if stage == "enhance" else 0

    @property
    def folder(self) -> Path:
        """Relative to `timings/`."""
        return Path(*filter(None, (self.video, self.language, self.cut)))


@dataclass(frozen=True)
class Timing:
    """A stage's jobs in some places: how many have a timing, and what these took together.

    wall_s: the sum of the jobs' wall times. gpu_s: of those that hold a GPU, a GPU. core_s: of the
    others, a core: the wall time, or the CPU time where a job kept more than one core busy.
    """

    jobs: int = 0
    timed: int = 0
    wall_s: float = 0.0
    core_s: float = 0.0
    gpu_s: float = 0.0

    def __add__(self, other: "Timing") -> "Timing":
        return Timing(
            self.jobs + other.jobs,
            self.timed + other.timed,
            self.wall_s + other.wall_s,
            self.core_s + other.core_s,
            self.gpu_s + other.gpu_s,
        )


def read_timings(folder: Path, places: Iterable[Place]) -> dict[tuple[Place, str], Timing]:
    """The timings below `folder` by place and stage.

    A stage that has a timing in one place is looked for in all places of the same kind.
    """
    places = list(places)
    found = {
        (place, file.stem): file
        for place in places
        for file in sorted((folder / place.folder).glob("*.tsv"))
    }
    stages: dict[tuple[bool, bool], set[str]] = {}
    for place, stage in found:
        stages.setdefault(_kind(place), set()).add(stage)
    return {
        (place, stage): _timing(found.get((place, stage)), place.gpus_of(stage))
        for place in places
        for stage in sorted(stages.get(_kind(place), ()))
        if stage not in PARTIAL_STAGES or (place, stage) in found
    }


def total(timings: Mapping[tuple[Place, str], Timing]) -> Timing:
    """All of them together."""
    return sum(timings.values(), Timing())


def by_stage(timings: Mapping[tuple[Place, str], Timing]) -> dict[str, Timing]:
    """All of a stage together, in the order of the stages' first places."""
    stages: dict[str, Timing] = {}
    for (_, stage), timing in timings.items():
        stages[stage] = stages.get(stage, Timing()) + timing
    return stages


def _kind(place: Place) -> tuple[bool, bool]:
    return bool(place.language), bool(place.cut)


def _timing(file: Path | None, gpus: int) -> Timing:
    values = _values(file) if file else None
    if values is None:
        return Timing(jobs=1)
    wall_s, cpu_s = values
    return Timing(1, 1, wall_s, 0.0 if gpus else max(wall_s, cpu_s), wall_s * gpus)


def _values(file: Path) -> tuple[float, float] | None:
    """Wall and CPU time, s; None where the file has none (a job that was killed, say)."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            row = next(csv.DictReader(lines, delimiter="\t"), {})
        return float(row["s"]), _number(row.get("cpu_time"))
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        return None


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:  # Snakemake writes NA where a job was too short to be looked at
        return 0.0
