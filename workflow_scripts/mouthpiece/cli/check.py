"""`mouthpiece check`: what tables and files can tell of all films, without making one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .console import STOPPED, ConfigFiles, execute
from .run import Cores, ProfileName, command_here

if TYPE_CHECKING:
    from ..runs.progress import FilmName

TARGET = ("checks", "--forcerun", "check")
"""Arguments of Snakemake's: check all videos, also those that were checked before."""


def check(
    config: ConfigFiles = [],
    cores: Cores = "all",
    profile: ProfileName = "",
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show Snakemake's own output.")
    ] = False,
) -> None:
    """Check the project of the current folder: its tables, sources and dubs, and make nothing.

    `run` checks the same before it works on a film.
    """
    execute(lambda: _check(config, cores, profile, verbose))


def _check(config: list[Path], cores: str, profile: str, verbose: bool) -> int:
    from rich.console import Console

    from ..runs.failures import Failures
    from ..runs.process import log_file, run
    from .session import open_project
    from .summary import show_problems
    from .words import count, say

    command = replace(command_here(config, cores, profile), extra=TARGET)
    films = list(open_project(command).dubs)
    failures = Failures(command.folder)
    log = None if verbose else command.folder / log_file(command.folder)
    outcome = run(command, log, failures.update)
    if outcome.stopped:
        return STOPPED
    out, err = Console(), Console(stderr=True)
    checked = _checked(command.folder / "results", films)
    for (video, language), film in checked.items():
        say(out, f"{video} {language}: {film.get('problem', 'ok')}")
        for sentence in _notes(film):
            say(out, f"  note: {sentence}")
    show_problems(err, failures.problems() if outcome.code else [], None)
    good = sum("problem" not in film for film in checked.values())
    say(out, f"{count(good, 'film')} can be made, {len(films) - good} cannot")
    return int(good < len(films)) or outcome.code


def _checked(results: Path, films: "Sequence[FilmName]") -> "dict[FilmName, dict[str, Any]]":
    """What is known of each film that was checked."""
    from ..stages.preflight import read_preflight

    found = {}
    for video, language in films:
        facts = results / video / "_shared" / "check.json"
        if facts.exists():
            found[video, language] = read_preflight(facts)["films"].get(language, {})
    return found


def _notes(film: dict[str, Any]) -> Iterator[str]:
    """What a user should know of the scripts of a film that can be made, a sentence each."""
    from ..core.notes import Note
    from ..reports.note_wordings import sentences

    for file, rows in film.get("notes", {}).items():
        yield from (f"{file}: {said}" for said in sentences(map(Note.of, rows)))
