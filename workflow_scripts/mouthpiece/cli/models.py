"""`mouthpiece models`: fetch and list the weights of engines, scorers and what makes sound."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import ConfigFiles, default_configs, execute

if TYPE_CHECKING:
    from ..project.project import Project
    from ..weights.table import Weight

log = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, help="Download and list weights.")

Users = Annotated[
    list[str],
    typer.Option(
        "--for", metavar="USER", help="All files of a user such as guard, musetalk or kokoro."
    ),
]


@app.command()
def fetch(
    names: Annotated[
        list[str], typer.Argument(metavar="[NAME]...", help="Files of weights.tsv.")
    ] = [],
    users: Users = [],
    config: ConfigFiles = [],
    unpinned: Annotated[
        bool, typer.Option("--unpinned", help="Also take files whose hash is not known.")
    ] = False,
) -> None:
    """Download and verify weights: those that are named, or those that a config asks for."""
    execute(lambda: _fetch(names, users, config, unpinned))


@app.command("list")
def list_weights(
    names: Annotated[
        list[str], typer.Argument(metavar="[NAME]...", help="Files of weights.tsv.")
    ] = [],
    users: Users = [],
    config: ConfigFiles = [],
) -> None:
    """List weights with their sources, licences and users."""
    execute(lambda: _list(names, users, config))


def _fetch(names: list[str], users: list[str], config: list[Path], unpinned: bool) -> None:
    from ..core.errors import InputError
    from ..project.config_file import config_files
    from ..project.weight_terms import check_terms
    from ..weights import download
    from ..weights.table import read_table, select

    chosen = select(read_table(), names, users)
    files = config_files(default_configs(config))
    project = _opened(files) if config or (files and not chosen) else None
    if project:
        chosen = list({one.name: one for one in (*chosen, *_asked_for(project))}.values())
    check_terms(chosen, project)
    if chosen:
        download.fetch(chosen, unpinned=unpinned)
    elif files:
        log.info("all weights that the config asks for are in folders of your own")
    else:
        raise InputError(
            "say which weights: names, --for a user such as guard or musetalk, or --config "
            "job.yaml for those that a config asks for (this folder has no config)"
        )


def _list(names: list[str], users: list[str], config: list[Path]) -> None:
    from ..project.config_file import config_files
    from ..weights.table import read_table, select

    table = read_table()
    chosen = select(table, names, users)
    if config:
        chosen += _asked_for(_opened(config_files(config)))
    for weight in chosen if names or users or config else table.values():
        needed = ",".join(weight.needed_by)
        log.info("%s\t%s\t%s\t%s", weight.name, weight.source, weight.licence, needed)


def _opened(files: list[Path]) -> "Project":
    """The project of some config files, whose folders of weights are there."""
    from ..project.config_file import read_config
    from ..project.project import Project
    from ..project.required_weights import check_folders

    project = Project.open(read_config(files), files)
    check_folders(project, files)
    return project


def _asked_for(project: "Project") -> "list[Weight]":
    """What a project asks for and is not in a folder of the user's own."""
    from ..project.required_weights import to_fetch

    return to_fetch(project)
