"""The file in which a run on a cluster tells its jobs what they need to know."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, Self

from ..core.files import digest, read_json, write_json
from .part import FOLDER

FILE = FOLDER / "run.json"

ATTEMPTS = FOLDER / "attempts"
"""The file that tells how many attempts a job has, which only the outer workflow knows."""

MOST_TIMES = 2
"""How often a time limit is multiplied at further attempts."""

Kind = Literal["prepare", "cuts", "film"]
"""What a job does: all that comes before a video's cuts; some of its cuts; a film of them."""


@dataclass(frozen=True)
class Needs:
    """What a job needs of its node.

    Attributes:
        cores: How many cores.
        mem_mb: Memory at its first attempt.
        minutes: Its time limit at its first attempt.
        gpus: How many GPUs.
        partition: Its partition; empty: the cluster's default.
        most_mem_mb: What the largest node of the partition has.
        most_minutes: The partition's own time limit.
    """

    cores: int
    mem_mb: int
    minutes: int
    gpus: int = 0
    partition: str = ""
    most_mem_mb: int = 1 << 30
    most_minutes: int = 1 << 30

    def mem_mb_at(self, attempt: int) -> int:
        """Tell the memory of an attempt.

        Args:
            attempt: Its number, from 1.

        Returns:
            MB: more at each attempt, as far as a node has it. More would never start.
        """
        return max(self.mem_mb, min(self.mem_mb * attempt, self.most_mem_mb))

    def minutes_at(self, attempt: int) -> int:
        """Tell the time limit of an attempt.

        Args:
            attempt: Its number, from 1.

        Returns:
            Minutes: more from the second attempt on, as far as the partition allows it.
        """
        return max(self.minutes, min(self.minutes * min(attempt, MOST_TIMES), self.most_minutes))


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
    """

    token: str
    configs: Sequence[str] = ()
    videos: Mapping[str, VideoWork] = field(default_factory=dict)
    shard_s: float = 1800.0
    is_together: bool = False
    account: str = ""
    constraint: str = ""

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
                **work | {"needs": {kind: Needs(**needs) for kind, needs in work["needs"].items()}}
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


def folder_mark(folder: Path) -> str:
    """Mark the jobs of a project's folder, so that they are found in the queue.

    Args:
        folder: The folder.

    Returns:
        What their names end with: "@" and 8 hex digits.
    """
    return f"@{digest(os.path.realpath(folder))[:8]}"
