"""What jobs took: the files that they leave in `timings/`.

They are side files: no result depends on them. One that is missing is counted as missing where the
job's log shows that it ran: a dub that is given has no job that speaks, a looped film has no guard
of its own. A file is in `{video}/`, `{video}/{cut}/`, `{video}/{language}/` or
`{video}/{language}/{cut}/` and has the name of its rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..core.measures import read_measure

ENGINE_STAGES = frozenset({"bake", "draft"})
"""The rules that hold the GPUs of the engine while they run."""

FINAL_STAGES = frozenset({"bake_final", "draft_final"})
"""Those that hold the GPUs of the final engine."""

LOGS = "logs"
"""The folder beside `timings/` that has a log of each job that ran, in the same folders."""


@dataclass(frozen=True)
class TimingFolder:
    """A folder of timings, and the GPUs that jobs of its cut hold.

    Attributes:
        video: The video.
        language: The key of the dub; empty: of jobs that serve all languages.
        cut: The cut; empty: of jobs that serve all cuts.
        gpus: How many GPUs the jobs of the cut's engine hold.
        enhance_gpus: How many the jobs of the enhancement hold.
        final_gpus: How many the jobs of the cut's final engine hold.
    """

    video: str
    language: str
    cut: str
    gpus: int = 0
    enhance_gpus: int = 0
    final_gpus: int = 0

    def gpus_of(self, stage: str) -> int:
        """Find how many GPUs a job holds.

        Args:
            stage: The job's rule.

        Returns:
            The number of GPUs.
        """
        if stage in ENGINE_STAGES:
            return self.gpus
        if stage in FINAL_STAGES:
            return self.final_gpus
        return self.enhance_gpus if stage == "enhance" else 0

    @property
    def path(self) -> Path:
        """Its path, relative to `timings/`."""
        return Path(*filter(None, (self.video, self.language, self.cut)))


@dataclass(frozen=True)
class Timing:
    """What some jobs took together.

    Attributes:
        jobs: How many jobs there are.
        timed: How many of them have a timing; the sums are theirs.
        wall_s: The sum of their wall times.
        core_s: Core seconds of the jobs without a GPU: the wall time, or the CPU time where a job
            kept more than one core busy.
        gpu_s: GPU seconds of the others.
        hits: How many came from the cache between projects.
        misses: How many did not, though there is one.
    """

    jobs: int = 0
    timed: int = 0
    wall_s: float = 0.0
    core_s: float = 0.0
    gpu_s: float = 0.0
    hits: int = 0
    misses: int = 0

    def __add__(self, other: "Timing") -> "Timing":
        return Timing(
            self.jobs + other.jobs,
            self.timed + other.timed,
            self.wall_s + other.wall_s,
            self.core_s + other.core_s,
            self.gpu_s + other.gpu_s,
            self.hits + other.hits,
            self.misses + other.misses,
        )


def read_timings(
    root: Path, folders: Iterable[TimingFolder]
) -> dict[tuple[TimingFolder, str], Timing]:
    """Read the timings of jobs.

    Args:
        root: The folder `timings/`; it may be missing.
        folders: The folders in it to read. A stage that has a timing in one of them is expected in
            all folders of the same kind that have a log of it.

    Returns:
        Folder and stage -> what the stage's job took.
    """
    folders, logs = list(folders), root.with_name(LOGS)
    found = {
        (folder, file.stem): file
        for folder in folders
        for file in sorted((root / folder.path).glob("*.tsv"))
    }
    stages: dict[tuple[bool, bool], set[str]] = {}
    for folder, stage in found:
        stages.setdefault(_kind(folder), set()).add(stage)
    return {
        (folder, stage): _timing(found.get((folder, stage)), folder.gpus_of(stage))
        for folder in folders
        for stage in sorted(stages.get(_kind(folder), ()))
        if (folder, stage) in found or (logs / folder.path / f"{stage}.log").is_file()
    }


def total(timings: Mapping[tuple[TimingFolder, str], Timing]) -> Timing:
    """Add up timings.

    Args:
        timings: What `read_timings` gives.

    Returns:
        What all these jobs took.
    """
    return sum(timings.values(), Timing())


def by_stage(timings: Mapping[tuple[TimingFolder, str], Timing]) -> dict[str, Timing]:
    """Add up timings by stage.

    Args:
        timings: What `read_timings` gives.

    Returns:
        Stage -> what its jobs took, in the order of the folders.
    """
    stages: dict[str, Timing] = {}
    for (_, stage), timing in timings.items():
        stages[stage] = stages.get(stage, Timing()) + timing
    return stages


def _kind(folder: TimingFolder) -> tuple[bool, bool]:
    return bool(folder.language), bool(folder.cut)


def _timing(file: Path | None, gpus: int) -> Timing:
    took = read_measure(file) if file else None
    if took is None:
        return Timing(jobs=1)
    gpu_s = took.wall_s * gpus if took.gpu_s is None else took.gpu_s
    return Timing(
        *(1, 1, took.wall_s, 0.0 if gpu_s else max(took.wall_s, took.cpu_s), gpu_s),
        hits=int(took.cache == "hit"),
        misses=int(took.cache == "miss"),
    )
