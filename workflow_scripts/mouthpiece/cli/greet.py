"""`mouthpiece greet`: an avatar says a text to each person of a table."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from .consent import Consent, with_consent
from .console import execute
from .run import Cores, DryRun, Verbose


def greet(
    avatar: Annotated[
        Path, typer.Option(metavar="FILM", help="A film of one person, or a picture.")
    ],
    names: Annotated[
        Path,
        typer.Option(
            metavar="TABLE", help="A CSV file: its first row names columns, then a row a person."
        ),
    ],
    text: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="What is said, with columns in braces: 'Hello {name}, ...'."
        ),
    ],
    consent: Consent = "",
    language: Annotated[
        str, typer.Option(metavar="TAG", help="The language of the text, such as pt-BR.")
    ] = "en",
    voice: Annotated[
        str,
        typer.Option(
            metavar="SYNTHESIZER[:NAME]",
            help="Who speaks, such as kokoro:af_heart. Default: kokoro, nearest in pitch to the "
            "avatar's own voice.",
        ),
    ] = "",
    id_column: Annotated[
        str,
        typer.Option(
            "--id",
            metavar="COLUMN",
            help="The column that names the films. Default: they are numbered, so that no name is "
            "in a file's name or a log.",
        ),
    ] = "",
    engine: Annotated[str, typer.Option(metavar="NAME", help="Default: preview.")] = "",
    cache: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="A cache that several projects share: each finds the bake of the first one.",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="The project's folder. Default: named after the avatar."
        ),
    ] = None,
    cores: Cores = "all",
    dry_run: DryRun = False,
    verbose: Verbose = False,
) -> None:
    """Greet each person of a table: write a project's folder, and run the workflow there.

    The avatar is measured and baked once. Each film is spoken, drawn, judged and delivered as all
    films are. The same command with a longer table makes the films that are new.
    """

    def work() -> int:
        from ..runs.folder import check_weights, named_configs
        from ..runs.greetings import Greetings, lay_out_greetings
        from ..runs.process import Command
        from ..runs.safe_ids import video_id
        from .session import open_project, run_session

        folder = to or Path(video_id(avatar))
        wanted = Greetings(avatar, names, text, language, consent, voice, id_column, engine, cache)
        project = with_consent(
            consent, lambda said: lay_out_greetings(folder, replace(wanted, consent=said))
        )
        command = Command(folder, named_configs(folder), cores, dry_run)
        open_project(command)
        if not dry_run:
            check_weights(folder, project)
        return run_session(command, list(project.dubs), verbose, project.settings.gate.picture)

    execute(work)
