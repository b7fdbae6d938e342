"""`mouthpiece decisions`: reviewers' tables."""

import enum
import logging
from pathlib import Path
from typing import Annotated

import typer

from .console import execute

log = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, help="Work on reviewers' tables.")


class Preference(enum.StrEnum):
    """Which of two rows that differ is kept."""

    first = "first"
    last = "last"


@app.callback()
def decisions() -> None:
    """Work on reviewers' tables."""


@app.command()
def merge(
    tables: Annotated[list[Path], typer.Argument(metavar="TABLE...")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="TABLE", help="Where the merged table goes.")
    ],
    prefer: Annotated[
        Preference | None, typer.Option(help="Which row is kept where two differ.")
    ] = None,
) -> None:
    """Merge the decisions, edits of lines or overrides of several reviewers into one table.

    A table that is already at the output is one of them: its rows and comments stay. A cut, line or
    setting on which the tables differ is shown with both rows, and nothing is written until one is
    preferred.
    """
    execute(lambda: _merge(tables, output, prefer))


def _merge(tables: list[Path], output: Path, prefer: Preference | None) -> None:
    from ..core.errors import InputError
    from ..review.merge import merge
    from ..review.user_table import locked

    with locked(output):
        merged, conflicts = merge(tables, output, prefer.value if prefer else None)
        for conflict in conflicts:
            log.warning("%s", conflict)
        if conflicts and prefer is None:
            raise InputError(
                f"{merged.COLUMNS[2]}s in conflict: {len(conflicts)}; {output} is not written. "
                "Correct a table, or add --prefer first or --prefer last"
            )
        merged.write()
    log.info("%s: %d rows", output, len(merged.entries))
