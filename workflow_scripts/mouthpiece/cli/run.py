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

SLURM = "slurm"
"""The profile that submits jobs to a Slurm cluster."""

NOT_GIVEN = (None, "")
"""What an option of Slurm's is where it is not on the command line."""

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
    slurm: Annotated[
        bool, typer.Option("--slurm", help="Make the films in jobs of a Slurm cluster.")
    ] = False,
    partition: Annotated[
        str, typer.Option(metavar="NAME", help="On Slurm: the partition of jobs without a GPU.")
    ] = "",
    gpu_partition: Annotated[
        str, typer.Option(metavar="NAME", help="On Slurm: the partition of jobs with a GPU.")
    ] = "",
    account: Annotated[
        str, typer.Option(metavar="NAME", help="On Slurm: the account that is charged.")
    ] = "",
    qos: Annotated[
        str, typer.Option(metavar="NAME", help="On Slurm: the quality of service.")
    ] = "",
    reservation: Annotated[
        str, typer.Option(metavar="NAME", help="On Slurm: the reservation whose nodes are used.")
    ] = "",
    shard_minutes: Annotated[
        float | None, typer.Option(metavar="N", help="On Slurm: how much work a job of cuts has.")
    ] = None,
) -> None:
    """Run the workflow on the project of the current folder.

    What is made already is kept: the same command goes on after a stop, a fault or a decision.
    """
    named: dict[str, object] = {
        "partition": partition,
        "gpu_partition": gpu_partition,
        "account": account,
        "qos": qos,
        "reservation": reservation,
        "shard_minutes": shard_minutes,
    }

    def work() -> int:
        from ..core.errors import InputError

        command = command_here(config, cores, "" if is_slurm(profile, slurm) else profile)
        command = replace(command, dry_run=dry_run, extra=snakemake)
        if is_slurm(profile, slurm):
            return _run_on_slurm(command, verbose, profile or SLURM, named)
        if given := [name for name, value in named.items() if value not in NOT_GIVEN]:
            raise InputError(f"--{given[0].replace('_', '-')}: is for a run on Slurm; add --slurm")
        return _run(command, verbose)

    execute(work)


def is_slurm(profile: str, slurm: bool) -> bool:
    """Tell whether a run goes to a Slurm cluster.

    Args:
        profile: The value of `--profile`.
        slurm: Whether `--slurm` is given.

    Returns:
        Whether it does.
    """
    return slurm or profile == SLURM


def _run_on_slurm(
    command: "Command", verbose: bool, profile: str, options: dict[str, object]
) -> int:
    from ..core.errors import InputError
    from ..project.engine_problems import check_one_machine
    from ..runs.profiles import find_profile
    from .session import open_project, run_session
    from .slurm import SlurmSession

    if named := [word for word in command.extra if word.partition("=")[0] in CONFIGURING]:
        raise InputError(f"{named[0]}: is not for a run on Slurm; name config files with --config")
    project = open_project(command)
    check_one_machine(project)
    if command.dry_run:
        plan, picture = replace(command, extra=()), project.settings.gate.picture
        return run_session(plan, list(project.dubs), verbose, picture)
    cores = {} if command.cores == "all" else {"cores": int(command.cores)}
    found = find_profile(profile, command.folder)
    return SlurmSession(command, project, options | cores, found, verbose).run()


def _run(command: "Command", verbose: bool) -> int:
    from ..config.picture import PictureLimits
    from ..core.errors import InputError
    from .session import open_project, run_session

    picture = PictureLimits()
    try:
        project = open_project(command)
        films, picture = list(project.dubs), project.settings.gate.picture
    except InputError:
        if not any(word.partition("=")[0] in CONFIGURING for word in command.extra):
            raise
        films = []  # Snakemake is told another config, and checks that
    return run_session(command, films, verbose, picture)


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
