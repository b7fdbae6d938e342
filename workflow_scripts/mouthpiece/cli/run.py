"""`mouthpiece run`: the workflow on the project of the current folder."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import ConfigFiles, default_configs, execute

if TYPE_CHECKING:
    from ..runs.process import Command


def _cores(value: str) -> str:
    if value != "all" and not re.fullmatch("[1-9][0-9]{0,4}", value):
        raise typer.BadParameter(f"{value!r:.60} is neither a number from 1 nor 'all'")
    return value


Cores = Annotated[
    str,
    typer.Option("--cores", metavar="N", callback=_cores, help="How many cores to use."),
]

Verbose = Annotated[
    bool, typer.Option("--verbose", help="Show Snakemake's own output in place of the display.")
]

DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Only show what would be done.")]

ProfileName = Annotated[
    str,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="A profile: default, slurm, one in the project's profiles/, or a folder's path.",
    ),
]

CONFIGURING = ("--config", "-C", "--configfile", "--configfiles", "--directory", "-d")
"""Options of Snakemake's that make another project than the one that can be checked beforehand."""


def run(
    snakemake: Annotated[
        list[str],
        typer.Argument(metavar="[-- ARGUMENTS]", help="More arguments for Snakemake."),
    ] = [],
    config: ConfigFiles = [],
    cores: Cores = "all",
    dry_run: DryRun = False,
    verbose: Verbose = False,
    profile: ProfileName = "",
) -> None:
    """Run the workflow on the project of the current folder.

    What is made already is kept: the same command goes on after a stop, a fault or a decision.
    """
    execute(lambda: _run(config, cores, dry_run, verbose, snakemake, profile))


def _run(
    config: list[Path], cores: str, dry_run: bool, verbose: bool, extra: list[str], profile: str
) -> int:
    from ..core.errors import InputError
    from .session import open_project, run_session

    command = replace(command_here(config, cores, profile), dry_run=dry_run, extra=extra)
    try:
        films = list(open_project(command).dubs)
    except InputError:
        if not any(word.partition("=")[0] in CONFIGURING for word in extra):
            raise
        films = []  # Snakemake is told another config, and checks that
    return run_session(command, films, verbose)


def command_here(config: list[Path], cores: str, profile: str) -> "Command":
    """Describe a run in the current folder.

    Args:
        config: The values of `--config`.
        cores: How many cores to use, or "all".
        profile: The name of a profile; empty: the default one.

    Returns:
        The run.

    Raises:
        InputError: The folder has no config, or there is no such profile.
    """
    from ..core.errors import InputError
    from ..core.user_files import exists
    from ..runs.process import Command
    from ..runs.profiles import find_profile

    command = Command(Path(), default_configs(config), cores)
    if profile:
        command = replace(command, profile=find_profile(profile, Path()))
    if not command.configs and not exists(Path("config/config.yaml")):
        raise InputError(
            "this folder has no config.yaml and no config/config.yaml; name one with --config, or "
            "begin with `mouthpiece localize FILM --dub LANGUAGE=SOUND`"
        )
    return command
