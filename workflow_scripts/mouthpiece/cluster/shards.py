"""Shards: cuts of a video that one job makes, and the plan of a video's further jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from ..core.cuts import Cut
from ..core.files import read_json, write_json
from ..runs.events import JobName
from .run_file import VideoWork

AFTER_GUARDS = "faces"
"""The rule after which the jobs of a video's cuts are known."""

ALL = "all"
"""The film job that makes the films of all languages."""


@dataclass(frozen=True)
class Plan:
    """What is left to do on a video after its first job.

    Attributes:
        shards: The cuts of each further job; none: there is none.
        films: The keys of the dubs whose films are made by jobs of their own, or `ALL`.
        failed: The keys of the dubs whose films the first job was to make and did not.
    """

    shards: Sequence[Sequence[str]] = ()
    films: Sequence[str] = ()
    failed: Sequence[str] = ()

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a plan.

        Args:
            file: Its file.

        Returns:
            The plan.
        """
        return cls(**read_json(file))

    def write(self, file: Path) -> None:
        """Write the plan.

        Args:
            file: Its file.
        """
        write_json(file, asdict(self))

    @property
    def names(self) -> list[str]:
        """The names of its shards, such as "2of7"."""
        return [f"{number}of{len(self.shards)}" for number in range(1, len(self.shards) + 1)]

    def cuts_of(self, name: str) -> Sequence[str]:
        """Tell the cuts of a shard.

        Args:
            name: One of `names`.

        Returns:
            Its cuts.
        """
        return self.shards[self.names.index(name)]


def work_s(
    jobs: Sequence[JobName],
    cuts: Sequence[str],
    looped: Mapping[str, Mapping[str, str]],
    work: VideoWork,
    frame_s: float,
) -> dict[str, float]:
    """Estimate the work on each cut of a video, in all films that show it.

    Args:
        jobs: The jobs that the workflow has to run, as far as they are known. While guards are to
            be done, what follows them is not: every cut may be drawn, in all languages.
        cuts: All cuts of the video.
        looped: Of each language whose film loops the video, its cuts with those that they show.
        work: What is known of the video.
        frame_s: How long a frame is shown, in seconds.

    Returns:
        Seconds by cut, in the order of the video; cuts without a job are absent.
    """
    drawn = {(job.language, job.cut) for job in jobs if job.cut and job.language}
    if any(job.rule == AFTER_GUARDS for job in jobs):
        drawn |= {(name, cut) for name in work.languages for cut in looped.get(name, cuts)}
    frames = dict.fromkeys(cuts, 0.0)
    for cut in {job.cut for job in jobs if job.cut and not job.language}:
        frames[cut] += Cut.from_id(cut).frames * work.shared_s
    for language, cut in drawn:
        frames[looped.get(language, {}).get(cut, cut)] += Cut.from_id(cut).frames * work.language_s
    return {cut: found * frame_s for cut, found in frames.items() if found}


def into_shards(work: dict[str, float], shard_s: float) -> list[list[str]]:
    """Part the cuts of a video, in their order, into shards of about equal work.

    Args:
        work: Seconds by cut; see `work_s`.
        shard_s: The most that a shard should have. A single longer cut is a shard.

    Returns:
        The cuts of each shard.
    """
    total = sum(work.values())
    number = max(1, min(len(work), -int(-total // shard_s)))
    shards: list[list[str]] = [[] for _ in range(number)]
    done = 0.0
    for cut, seconds in work.items():
        middle = done + seconds / 2  # a cut is in the shard that has its middle
        place = int(number * middle / total) if total else 0
        shards[min(place, number - 1)].append(cut)
        done += seconds
    return [shard for shard in shards if shard]
