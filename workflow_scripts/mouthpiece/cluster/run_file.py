"""The file in which a run on a cluster tells its jobs what they need to know."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from ..core.files import folder_mark, read_json, write_json
from .part import FOLDER

FILE = FOLDER / "run.json"

ATTEMPTS = FOLDER / "attempts"
"""The file that tells how many attempts a job has, which only the outer workflow knows."""

MOST_TIMES = 2
"""How often a time limit is multiplied at further attempts."""

Kind = Literal["prepare", "cuts", "film"]
"""What a job does: all that comes before a video's cuts; some of its cuts; a film of them."""


@dataclass(frozen=True)
class Place:
    """A partition that can hold a job.

    Attributes:
        partition: Its name; empty: the cluster's default.
        mem_mb: What its largest node has.
        minutes: Its time limit.
    """

    partition: str = ""
    mem_mb: int = 1 << 30
    minutes: int = 1 << 30


@dataclass(frozen=True)
class Needs:
    """What a job needs of its node.

    Attributes:
        cores: How many cores.
        mem_mb: The memory that its first attempt should have.
        minutes: The time limit that it should have.
        gpus: How many GPUs.
        places: The partitions that it may run in, each of which has these cores and GPUs.
    """

    cores: int
    mem_mb: int
    minutes: int
    gpus: int = 0
    places: Sequence[Place] = (Place(),)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Build it from JSON values.

        Args:
            values: What `dataclasses.asdict` made of it.

        Returns:
            What the job needs.
        """
        return cls(**{**values, "places": [Place(**place) for place in values["places"]]})

    def mem_mb_at(self, attempt: int) -> int:
        """Tell the memory of an attempt.

        Args:
            attempt: Its number, from 1.

        Returns:
            MB: more at each attempt, as far as a node has it. More would never start.
        """
        most = max(place.mem_mb for place in self._places_at(attempt))
        return min(self.mem_mb * attempt, most)

    def minutes_at(self, attempt: int) -> int:
        """Tell the time limit of an attempt.

        Args:
            attempt: Its number, from 1.

        Returns:
            Minutes: more from the second attempt on, as far as the partition allows it.
        """
        most = max(place.minutes for place in self._places_at(attempt))
        return min(self.minutes * min(attempt, MOST_TIMES), most)

    def partition_at(self, attempt: int) -> str:
        """Tell the partitions of an attempt.

        Args:
            attempt: Its number, from 1.

        Returns:
            Their names, with commas between; empty: the cluster's default.
        """
        return ",".join(place.partition for place in self._places_at(attempt))

    def _places_at(self, attempt: int) -> Sequence[Place]:
        """Those that have all that an attempt asks for; else the one that has most of it."""
        mem_mb, minutes = self.mem_mb * attempt, self.minutes * min(attempt, MOST_TIMES)
        whole = [p for p in self.places if p.mem_mb >= mem_mb and p.minutes >= minutes]
        return whole or [
            max(self.places, key=lambda p: (min(p.minutes, minutes), min(p.mem_mb, mem_mb)))
        ]


@dataclass(frozen=True)
class VideoWork:
    """What a run has to do on a video.

    Attributes:
        languages: The keys of the dubs whose films are made.
        is_short: Whether one job makes all of it.
        shared_s: Estimated seconds of work for a second of film that all languages share.
        language_s: The same for each language.
        needs: What its jobs need, by their kind.
    """

    languages: Sequence[str]
    is_short: bool
    shared_s: float
    language_s: float
    needs: Mapping[str, Needs]


@dataclass(frozen=True)
class ClusterRun:
    """A run on a cluster.

    Attributes:
        token: What tells it from other runs in its folder.
        configs: Its config files, as `runs.process.Command` has them.
        videos: Its videos.
        shard_s: How much work a shard has, in seconds.
        is_together: Whether the films of a video are one job, as one file holds all of them.
        account: The account that is charged.
        constraint: The features that a node must have.
        comment: The comment of its jobs; empty: the executor plugin's own.
        jobs_per_gpu: How many jobs of a node's workflow a GPU does at once.
    """

    token: str
    configs: Sequence[str] = ()
    videos: Mapping[str, VideoWork] = field(default_factory=dict)
    shard_s: float = 1800.0
    is_together: bool = False
    account: str = ""
    constraint: str = ""
    comment: str = ""
    jobs_per_gpu: int = 1

    @classmethod
    def read(cls, file: Path = FILE) -> Self:
        """Read the run of the current folder.

        Args:
            file: Its file.

        Returns:
            The run.
        """
        values = read_json(file)
        videos = {
            video: VideoWork(
                **work | {"needs": {kind: Needs.of(needs) for kind, needs in work["needs"].items()}}
            )
            for video, work in values["videos"].items()
        }
        return cls(**values | {"videos": videos})

    def write(self, file: Path = FILE) -> None:
        """Write the run for its jobs.

        Args:
            file: Its file.
        """
        write_json(file, asdict(self))


def job_mark(folder: Path) -> str:
    """Mark the jobs of a project's folder, so that they are found in the queue.

    Args:
        folder: The folder.

    Returns:
        What their names end with: "@" and 8 hex digits.
    """
    return f"@{folder_mark(folder)}"
