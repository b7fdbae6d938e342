"""`mouthpiece costs`: what each cut took, as a table."""

from pathlib import Path

import typer

from .console import execute


def costs() -> None:
    """Print what each cut of the project of the current folder took, in all runs together.

    A table with tabs. A row without a language is of jobs that serve all languages of the cut.
    """
    execute(_costs)


def _costs() -> None:
    from ..core.measures import FOLDER
    from ..runs.cut_costs import read_costs

    for row in read_costs(Path(FOLDER)).rows():
        typer.echo("\t".join(map(str, row)))
