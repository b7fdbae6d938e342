"""`mouthpiece localize`: a film into other languages, in one command."""

import enum
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .consent import Consent, with_consent
from .console import execute
from .run import Cores, DryRun, Verbose

if TYPE_CHECKING:
    from ..runs.folder import Localization


class LengthPolicy(enum.StrEnum):
    """What to do where dub and picture differ in length; see `config.delivery`."""

    auto = "auto"
    pad = "pad"
    trim = "trim"
    loop = "loop"
    error = "error"


def _engines() -> list[str]:
    """The names of engines, for the completion of shells."""
    from ..engines.registry import engine_settings

    return list(engine_settings())


def localize(
    film: Annotated[Path, typer.Argument(metavar="FILM", help="A film, or a still picture.")],
    to: Annotated[
        list[str],
        typer.Option(
            metavar="LANGUAGE",
            help="A language to dub the film into, such as pt-BR; repeat it for more.",
        ),
    ] = [],
    dub: Annotated[
        list[str],
        typer.Option(
            metavar="LANGUAGE=SOUND",
            help="A dub of your own, such as de=dub.wav; repeat it for more. A name tells several "
            "dubs in one language apart: en_anna=anna.wav.",
        ),
    ] = [],
    consent: Consent = "",
    language: Annotated[
        str,
        typer.Option(metavar="TAG", help="The language of the film's speech. Default: detected."),
    ] = "",
    script: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="What is said: srt, vtt, ttml or txt. Default: it is recognized."
        ),
    ] = None,
    background: Annotated[
        Path | None,
        typer.Option(
            metavar="SOUND", help="Music and effects without voices. Default: they are separated."
        ),
    ] = None,
    may_leave: Annotated[
        bool,
        typer.Option(
            "--may-leave",
            help="The people in the film allow that pictures of them are sent to a hosted service, "
            "where an engine does that: `may_leave` of videos.tsv.",
        ),
    ] = False,
    engine: Annotated[
        str, typer.Option(metavar="NAME", autocompletion=_engines, help="Default: preview.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The project's folder. Default: named after the film."),
    ] = None,
    length_policy: Annotated[
        LengthPolicy | None,
        typer.Option(help="Where a dub and the film differ in length. Default: auto."),
    ] = None,
    cores: Cores = "all",
    dry_run: DryRun = False,
    verbose: Verbose = False,
) -> None:
    """Localize one film: write a project's folder, and run the workflow there.

    The folder holds config.yaml, videos.tsv and dubs.tsv, which are yours to edit; `mouthpiece run`
    there goes on. The same command with another --dub adds a language, and never changes what is
    written there.
    """

    def work() -> int:
        from ..runs.folder import Localization

        policy = length_policy.value if length_policy else ""
        wanted = Localization(
            film, _dubs(to, dub), consent, engine, policy, language, script, background, may_leave
        )
        return _localize(wanted, out, cores, dry_run, verbose)

    execute(work)


def _dubs(to: list[str], options: list[str]) -> dict[str, Path | None]:
    """The dubs that options name, by language; None where they are made."""
    from ..core.errors import InputError
    from ..core.user_files import user_path

    dubs: dict[str, Path | None] = dict.fromkeys(to)
    for option in options:
        language, equals, sound = option.partition("=")
        if not equals or not sound:
            raise InputError(f"--dub {option}: wanted LANGUAGE=SOUND, such as --dub de=dub.wav")
        if language in dubs:
            raise InputError(
                f"--dub {option}: {language} is named twice; a name tells two dubs in one language "
                f"apart, as in {language}_mine=SOUND"
            )
        dubs[language] = user_path(sound)
    return dubs


def _localize(
    wanted: "Localization", out: Path | None, cores: str, dry_run: bool, verbose: bool
) -> int:
    from ..runs.folder import check_weights, lay_out, named_configs
    from ..runs.process import Command
    from ..runs.safe_ids import video_id
    from .session import open_project, run_session

    folder = out or Path(video_id(wanted.film))
    project = with_consent(
        wanted.consent, lambda consent: lay_out(folder, replace(wanted, consent=consent))
    )
    command = Command(folder, named_configs(folder), cores, dry_run)
    open_project(command)
    if not dry_run:
        check_weights(folder, project)
    return run_session(command, list(project.dubs), verbose, project.settings.gate.picture)
