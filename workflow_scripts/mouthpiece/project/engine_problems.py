"""What keeps the engine of a film from drawing: a likeness that may not leave, a key that lacks."""

from ..core.errors import InputError
from ..engines.leaving import check_leaving
from .project import Project
from .tables import Dub


def engine_problem(project: Project, dub: Dub) -> str:
    """Look for what keeps the engines of a film's cuts from drawing.

    Args:
        project: The project.
        dub: The dub of the film.

    Returns:
        A sentence; empty: there is nothing.
    """
    named = {"*"} | {o.cut for o in project.overrides if o.video == dub.video}
    chosen = [project.settings_for(dub.video, dub.key, cut) for cut in sorted(named)]
    for settings in (drawing for one in chosen for drawing in one.drawing):
        if problem := settings.chosen_engine.problem():
            return f"engines.{settings.engine}: {problem}"
        try:
            check_leaving(settings.engine, dub.video, project.videos[dub.video].may_leave)
        except InputError as error:
            return str(error)
    return ""
