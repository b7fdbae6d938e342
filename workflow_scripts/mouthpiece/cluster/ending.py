"""The overview after a run on a cluster that did not make all films."""

from collections.abc import Sequence
from pathlib import Path

from ..engines.registry import engine_settings
from ..project.project import Project
from ..reports.overview import interim
from ..reports.run_summary import FailedJob, unmade_films
from ..review.unmatched import rows_on_cuts
from ..runs.events import JobName


def write_interim(
    project: Project,
    folder: Path,
    unmade: Sequence[tuple[str, str]],
    failed: Sequence[tuple[JobName, Sequence[Path]]],
) -> None:
    """Write the overview, with the films that were not made above those that were.

    Args:
        project: The project.
        folder: Its folder.
        unmade: The films that the run was to make and did not.
        failed: The jobs that failed, with their logs.
    """
    results, settings = folder / "results", project.settings
    jobs = [
        FailedJob(name.rule, name.video, name.language, name.cut, ", ".join(map(str, logs)))
        for name, logs in failed
    ]
    interim(
        results,
        project.dubs,
        unmade_films(results, project.dubs, unmade, jobs),
        rows_on_cuts(project.decisions.values(), project.overrides),
        gpus={name: settings.engines.of(name).gpus for name in engine_settings()},
        enhance_gpus=settings.enhance.gpus,
        gate=settings.gate,
        settings=settings.overview,
        timings=folder / "timings",
    )
