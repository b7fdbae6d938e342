"""What keeps the engine of a film from drawing: a likeness that may not leave, a key that lacks,
a cluster.
"""

from collections.abc import Iterator

from ..core.errors import InputError
from ..engines.leaving import check_leaving
from ..engines.purchases import purchases_of
from .project import Project
from .settings import Settings
from .tables import Dub


def engine_problem(project: Project, dub: Dub) -> str:
    """Look for what keeps the engines of a film's cuts from drawing.

    Args:
        project: The project.
        dub: The dub of the film.

    Returns:
        A sentence; empty: there is nothing.
    """
    for settings in _drawing(project, dub):
        if problem := settings.chosen_engine.problem():
            return f"engines.{settings.engine}: {problem}"
        try:
            check_leaving(settings.engine, dub.video, project.videos[dub.video].may_leave)
        except InputError as error:
            return str(error)
    return ""


def check_one_machine(project: Project) -> None:
    """Refuse an engine that sends pictures to a service where jobs are on several machines.

    Args:
        project: The project.

    Raises:
        InputError: A film has such an engine.
    """
    for dub in project.dubs.values():
        for settings in _drawing(project, dub):
            if settings.chosen_engine.sends_pictures:
                raise InputError(
                    f"{dub.video} {dub.key}: the engine {settings.engine} buys on one machine "
                    "alone, whose disk has the list of what was paid: use `mouthpiece run` without "
                    "Slurm there, or choose another engine; nothing was sent"
                )


def check_purchases(project: Project) -> None:
    """Ask those who sell drafts whether they sell what config names.

    Args:
        project: The project.

    Raises:
        InputError: They do not.
        Fault: One says nothing now.
    """
    chosen = [s.chosen_engine for dub in project.dubs.values() for s in _drawing(project, dub)]
    for engine in dict.fromkeys(one for one in chosen if one.purchases):
        if shop := purchases_of(engine):
            shop.check()


def _drawing(project: Project, dub: Dub) -> Iterator[Settings]:
    """The settings by which the cuts of a film are drawn."""
    named = {"*"} | {o.cut for o in project.overrides if o.video == dub.video}
    for cut in sorted(named):
        yield from project.settings_for(dub.video, dub.key, cut).drawing
