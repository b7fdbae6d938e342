"""What a run on a cluster has to do, found by a dry run on the submitting machine."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from ..config.cluster import Cluster
from ..core.errors import InputError
from ..project.project import Project
from ..project.tables import Dub
from ..runs.events import Event, JobName, JobStarted
from ..runs.process import Command, Outcome, run
from ..text.script import most_frames
from ..translation.given_script import read_given_script
from .needs import video_work
from .partitions import Partition
from .run_file import ClusterRun

USUAL_RATE = Fraction(25)
"""Frames/s of which frames of a script are counted here, where the film's own are not known yet."""

NO_VIDEO = ("all", "overview")
"""Rules whose jobs the submitting machine does itself."""


@dataclass(frozen=True)
class Work:
    """What is to be done.

    Attributes:
        languages: By video, the keys of the dubs whose films have jobs to do.
        has_overview: Whether the overview has to be written.
    """

    languages: dict[str, list[str]]
    has_overview: bool = False

    def __bool__(self) -> bool:
        return bool(self.languages) or self.has_overview


def find_work(
    command: Command,
    films: Iterable[tuple[str, str]],
    log: Path | None,
    notice: Callable[[Event], None],
) -> tuple[Outcome, Work]:
    """Find what a run has to do.

    Args:
        command: The run of the workflow.
        films: The project's films: video and key of the dub.
        log: The file of Snakemake's output; None: the terminal.
        notice: Called with each event but those of jobs, which do not run here.

    Returns:
        How the dry run ended, and what is to be done.
    """
    jobs: list[JobName] = []

    def planned(event: Event) -> None:
        if isinstance(event, JobStarted):
            jobs.append(event.name)
        else:
            notice(event)

    outcome = run(replace(command, dry_run=True), log, planned)
    return outcome, work_of(jobs, films)


def work_of(jobs: Sequence[JobName], films: Iterable[tuple[str, str]]) -> Work:
    """Sort jobs by the films that need them.

    Args:
        jobs: The jobs that the workflow has to run, as far as they are known.
        films: The project's films.

    Returns:
        What is to be done.
    """
    of_film = {(job.video, job.language) for job in jobs if job.video}
    languages: dict[str, list[str]] = {}
    for video, language in films:
        if (video, language) in of_film or (video, "") in of_film:
            languages.setdefault(video, []).append(language)
    return Work(languages, any(job.rule == "overview" for job in jobs))


def cluster_run(
    token: str,
    project: Project,
    work: Work,
    lengths_s: dict[str, float],
    partitions: Sequence[Partition],
    cluster: Cluster,
    configs: Sequence[Path],
) -> ClusterRun:
    """Describe a run for its jobs.

    Args:
        token: What tells it from others.
        project: The project.
        work: What it has to do.
        lengths_s: How long each video is, in seconds.
        partitions: Those of the cluster.
        cluster: The section `cluster`, with what the command line changes in it.
        configs: The config files, as `Command` has them.

    Returns:
        The run.

    Raises:
        InputError: A job would need what no node has.
    """
    return ClusterRun(
        token,
        [str(file) for file in configs],
        {
            video: video_work(
                project,
                video,
                _films_s(project, video, languages, lengths_s[video]),
                lengths_s[video],
                partitions,
                cluster,
            )
            for video, languages in work.languages.items()
        },
        shard_s=60.0 * cluster.shard_minutes,
        is_together="multilingual" in project.settings.delivery.profiles,
        account=cluster.account,
        constraint=cluster.constraint,
        comment=cluster.comment,
        jobs_per_gpu=project.settings.worker.jobs_per_gpu,
    )


def _films_s(
    project: Project, video: str, languages: Sequence[str], length_s: float
) -> dict[str, float]:
    """How long the films of a video are: as the video, or as what it is looped for."""
    looped = {
        language: _looped_s(project.dubs[video, language])
        for language in languages
        if project.length_policy(video, language) == "loop"
    }
    return {language: max(length_s, looped.get(language, 0.0)) for language in languages}


def _looped_s(dub: Dub) -> float:
    """How long a looped film is: as its dub, or as the script of which that is made."""
    if dub.audio:
        return file_length_s(dub.audio)
    if not dub.script:
        return 0.0
    try:
        script = read_given_script(dub.script, USUAL_RATE, most_frames(0, USUAL_RATE, loops=True))
    except InputError:  # its first job says why
        return 0.0
    return max((cue.end_s for cue in script.cues), default=0.0)


def file_length_s(source: Path) -> float:
    """Find how long a video or a dub is, by what its file says.

    Args:
        source: The file.

    Returns:
        Seconds; 0 where the file does not tell, or cannot be read: its first job says why.
    """
    import av

    from ..media.open import open_media

    try:
        with open_media(source) as container:
            return max(0.0, (container.duration or 0) / av.time_base)
    except (OSError, ValueError, av.error.FFmpegError):
        return 0.0
