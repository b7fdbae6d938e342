"""`mouthpiece review`: the review server."""

import contextlib
import logging
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Annotated

import typer

from .console import ConfigFiles, default_configs, execute

log = logging.getLogger(__name__)


def review(
    config: ConfigFiles = [],
    decisions: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Save decisions to it. Default: the config's."),
    ] = None,
    edits: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Save edits of lines to it. Default: the config's."),
    ] = None,
    results: Annotated[Path, typer.Option(metavar="FOLDER", help="The results to review.")] = Path(
        "results"
    ),
    port: Annotated[
        int | None,
        typer.Option(help="0: any free port. Default: 8437, or any free one where that is in use."),
    ] = None,
) -> None:
    """Serve the review pages on this machine and save each decision and edit at once."""
    execute(lambda: _serve(default_configs(config), decisions, edits, results, port))


def _serve(
    config: list[Path], decisions: Path | None, edits: Path | None, results: Path, port: int | None
) -> None:
    from ..core.errors import InputError
    from ..review.decisions import Table
    from ..review.edits import EditTable
    from ..review.override_table import OverrideTable
    from ..review.server import MAX_PORT, Server
    from ..review.store import open_reviews

    if port is not None and not 0 <= port <= MAX_PORT:
        raise InputError(f"port {port}: wanted 0 (any that is free) to {MAX_PORT}")
    reviews = open_reviews(results, decisions, config, edits)
    Table(reviews.table)  # a wrong table is reported now, not at the first decision
    EditTable(reviews.lines.table)
    OverrideTable(reviews.remedies.table)
    try:
        server = Server.usual(reviews) if port is None else Server(reviews, port)
    except OSError as error:
        raise InputError(f"port {port}: {error.strerror}") from None
    with server:
        log.info("decisions are saved to %s", reviews.table)
        log.info("remedies are saved to %s", reviews.remedies.table)
        if reviews.made:
            log.info("edits of lines are saved to %s", reviews.lines.table)
        _show(server.address)
        log.info("stop with Ctrl-C")
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            log.info("stopped")


def _show(address: str) -> None:
    """Show the address in the terminal. It is in no log: who has it can decide."""
    typer.echo(f"review at {address}", err=True)
    with contextlib.suppress(OSError, ValueError):  # no stream of the system
        if stat.S_ISREG(os.fstat(sys.stderr.fileno()).st_mode):
            log.warning("that address is in a file now; who reads it can decide: delete it")


def _interrupt(*_: object) -> None:
    """End the server on SIGTERM as on Ctrl-C, which a process in the background does not get."""
    raise KeyboardInterrupt
