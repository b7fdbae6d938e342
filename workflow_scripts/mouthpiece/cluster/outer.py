"""The outer workflow: Slurm's jobs as Snakemake submits them, and how they ended."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ..config.cluster import Cluster
from ..core.files import read_json
from ..core.paths import WORKFLOW
from ..runs.events import Event, JobFailed, JobFinished, JobName, JobStarted, Planned, RunFailed
from ..runs.process import Command
from .node_job import plan_file
from .part import FOLDER, Part
from .run_file import ClusterRun
from .shards import ALL, Plan

SNAKEFILE = WORKFLOW / "workflow" / "cluster" / "Snakefile"

JOB = "Slurm job"
"""What the names of its jobs begin with, where jobs of both workflows are listed."""


def outer_command(command: Command, profile: Path, lock: int, cluster: Cluster) -> Command:
    """Describe the run of the outer workflow.

    Args:
        command: The run of the workflow as on one machine.
        profile: The profile that submits jobs.
        lock: The descriptor of the lock of the project's folder, which it holds open.
        cluster: The section `cluster`, with what the command line changes in it.

    Returns:
        The run.
    """
    chosen = {"--slurm-qos": cluster.qos, "--slurm-reservation": cluster.reservation}
    options = [word for option, value in chosen.items() if value for word in (option, value)]
    return replace(
        command,
        snakefile=SNAKEFILE,
        configs=(),
        cores="",
        profile=profile,
        keep_open=(lock,),
        extra=[*options, *command.extra],
    )


def end_command(command: Command, token: str, part: Path) -> Command:
    """Describe the run of the workflow that writes the overview when all films are made.

    Args:
        command: The run of the workflow as on one machine.
        token: The token of the run on the cluster.
        part: The file for its part.

    Returns:
        The run.
    """
    environment = Part(token, "end").write(command.folder / part)
    return replace(
        command,
        cores="1",
        environment=environment,
        extra=("results/overview.html", "--allowed-rules", "overview"),
        profile=None,
    )


def unmade(run: ClusterRun, folder: Path) -> list[tuple[str, str]]:
    """List the films that a run was to make and did not.

    Args:
        run: The run, whose jobs are over.
        folder: The project's folder.

    Returns:
        Video and key of the dub of each.
    """
    return [
        (video, language)
        for video, work in run.videos.items()
        for language in work.languages
        if not _is_made(folder, video, language)
    ]


def _is_made(folder: Path, video: str, language: str) -> bool:
    file = folder / plan_file(video)
    if not file.exists():
        return False
    plan = Plan.read(file)
    if not plan.films:
        return language not in plan.failed
    name = ALL if ALL in plan.films else language
    marker = folder / FOLDER / "films" / video / f"{name}.json"
    return marker.exists() and bool(read_json(marker)["made"])


def as_job_of_slurm(notice: Callable[[Event], None]) -> Callable[[Event], None]:
    """Tell the events of the outer workflow by names that no job of the inner one has.

    Args:
        notice: Called with each event.

    Returns:
        What is called with each event of the outer workflow.
    """

    def told(event: Event) -> None:
        match event:
            case JobStarted(name=name):
                language = "" if name.language == ALL else name.language
                own = replace(name, rule=f"{JOB} {name.rule}", language=language)
                notice(replace(event, name=own))
            case JobFinished() | JobFailed() | RunFailed():
                notice(event)
            case Planned():
                pass

    return told


def jobs_of_slurm(run: ClusterRun) -> list[JobName]:
    """Name the jobs that the films of a run wait for, so that none seems done before its own.

    Args:
        run: The run.

    Returns:
        The first job of each video, and the film's job of each film that is not short.
    """
    first = [JobName(f"{JOB} prepare", video) for video in run.videos]
    long = [(video, work) for video, work in run.videos.items() if not work.is_short]
    return first + [
        JobName(f"{JOB} film", video, language)
        for video, work in long
        for language in ([""] if run.is_together else work.languages)
    ]


def without_followers(names: Sequence[JobName]) -> list[JobName]:
    """Leave out Slurm's jobs whose failure a job inside them explains.

    Args:
        names: The jobs that failed.

    Returns:
        The others.
    """
    explained = {name.video for name in names if not name.rule.startswith(JOB)}
    return [n for n in names if not (n.rule.startswith(JOB) and n.video in explained)]
