"""`mouthpiece demo`: the whole workflow on a bundled film."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from .console import execute
from .run import Cores, Verbose

log = logging.getLogger(__name__)

FILES = ("config.yaml", "videos.tsv", "dubs.tsv", "overrides.tsv")


def demo(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]", help="Default: mouthpiece-demo; in the project's own, demo/ there."
        ),
    ] = None,
    media_only: Annotated[
        bool, typer.Option("--media-only", help="Only make the film and its dubs.")
    ] = False,
    cores: Cores = "all",
    verbose: Verbose = False,
) -> None:
    """Make the demo's film and dubs, and run the workflow on them."""
    execute(lambda: _demo(folder, media_only, cores, verbose))


def _demo(named: Path | None, media_only: bool, cores: str, verbose: bool) -> int:
    from ..demo.media import build
    from ..project.required_weights import to_fetch
    from ..runs.process import Command
    from ..weights.download import fetch
    from .session import open_project, run_session

    project, tables = demo_folders(named)
    build(tables / "media")
    if media_only:
        return 0
    _copy(tables)
    config = tables.relative_to(project) / "config.yaml"
    command = Command(project, [config], cores)
    opened = open_project(command)
    fetch(to_fetch(opened))
    return run_session(command, list(opened.dubs), verbose, opened.settings.gate.picture)


def demo_folders(named: Path | None = None) -> tuple[Path, Path]:
    """Find where the demo is made.

    Args:
        named: The folder that the command line names; None: the current folder where it is a
            checkout, else a new one in it.

    Returns:
        The project's folder, and the one of its tables and media: demo/ in a checkout.
    """
    from ..core.paths import WORKFLOW

    project = named or (Path() if Path.cwd() == WORKFLOW else Path("mouthpiece-demo"))
    return project, project / "demo" if project == Path() else project


def _copy(folder: Path) -> None:
    """Put config and tables where they are not, and leave those that are there."""
    from ..core.files import write_text
    from ..demo.media import DEMO

    for name in FILES:
        if not (folder / name).exists():
            write_text(folder / name, (DEMO / name).read_text(encoding="utf-8"))
