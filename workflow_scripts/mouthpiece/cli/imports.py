"""`mouthpiece import`: the task files of other programs, as a project."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .consent import Consent, with_consent
from .console import execute

if TYPE_CHECKING:
    from ..runs.musetalk_tasks import TaskFile

log = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, help="Make a project of another program's task file.")


@app.callback()
def imports() -> None:
    """Make a project of another program's task file."""


@app.command()
def musetalk(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A task file: YAML, of inference or realtime.")
    ],
    consent: Consent = "",
    root: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Where the file's relative paths begin: the folder that MuseTalk was run in. "
            "Default: the current one.",
        ),
    ] = Path(),
    language: Annotated[
        str, typer.Option(metavar="TAG", help="What its sounds speak. und: not known.")
    ] = "und",
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The project's folder. Default: beside the file, and named after it.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace config and tables that are there.")
    ] = False,
) -> None:
    """Make a project of the tasks or avatars of MuseTalk's own code; it runs nothing.

    --consent holds for all videos that the file names.
    """

    def work() -> None:
        from ..runs.musetalk_tasks import TaskFile

        _musetalk(TaskFile(file, root, consent, language), to, overwrite)

    execute(work)


def _musetalk(wanted: "TaskFile", to: Path | None, overwrite: bool) -> None:
    from ..runs.musetalk_tasks import lay_out
    from ..runs.safe_ids import video_id
    from .words import count

    folder = to or wanted.path.parent / video_id(wanted.path)
    made = with_consent(
        wanted.consent, lambda said: lay_out(folder, replace(wanted, consent=said), overwrite)
    )
    for place, video, dub in made.films:
        log.info("%s: %s %s", place, video, dub)
    for note in made.notes:
        log.info("note: %s", note)
    log.info(
        "%s in %s. Next: mouthpiece check, then mouthpiece run there",
        count(len(made.films), "film"),
        folder,
    )
