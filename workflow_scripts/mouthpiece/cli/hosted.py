"""`mouthpiece hosted`: what hosted services cost and were paid for, and the receiver of reports."""

import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import ConfigFiles, default_configs, execute

if TYPE_CHECKING:
    from ..engines.purchases import Purchases
    from ..project.project import Project
    from ..project.settings import Settings

log = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, help="What hosted services cost, and were paid for.")


@app.command()
def cost(config: ConfigFiles = []) -> None:
    """Say what the cuts of the project would cost at the service; nothing is sent.

    Cuts are known once `mouthpiece run` has found the faces of a film; before that, a film counts
    as one cut of its whole length.
    """
    execute(lambda: _cost(config))


@app.command()
def ledger() -> None:
    """List what was bought in the current folder, or is being bought, as a table with tabs."""
    execute(_ledger)


@app.command()
def clear(
    key: Annotated[str, typer.Argument(help="The first digits of its key, 6 or more.")],
    live: Annotated[
        bool, typer.Option("--live", help="Also one whose film is there or may come: pay twice.")
    ] = False,
) -> None:
    """Let a cut be bought again whose purchase failed, or is not known to have been made.

    Look into the service's own list of requests before: what was bought there is paid.
    """
    execute(lambda: _clear(key, live))


@app.command()
def serve(
    config: ConfigFiles = [],
    host: Annotated[str, typer.Option(help="The address that is listened on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0: any free port.")] = 8093,
) -> None:
    """Receive the service's reports on finished cuts, behind a public https address of yours."""
    execute(lambda: _serve(config, host, port))


def _open(config: list[Path]) -> "Project":
    from ..project.config_file import config_files, read_config
    from ..project.project import Project

    files = config_files(default_configs(config))
    return Project.open(read_config(files), files)


def _cost(config: list[Path]) -> None:
    from ..reports.hosted_cost import cost_lines

    for line in cost_lines(_open(config), Path("results")):
        typer.echo(line)


def _shops(settings: "Settings | None" = None) -> "list[Purchases]":
    """What looks after the purchases of each engine that buys."""
    from ..engines.purchases import purchases_of
    from ..engines.registry import engine_settings

    kinds = engine_settings()
    chosen = [settings.engines.of(name) if settings else kinds[name]() for name in kinds]
    return [shop for one in chosen if (shop := purchases_of(one))]


def _ledger() -> None:
    rows = [row for shop in _shops() for row in shop.rows()]
    if not rows:
        log.info("nothing was bought in this folder")
        return
    typer.echo("\t".join(rows[0]))
    for row in rows:
        typer.echo("\t".join(row.values()))


def _clear(key: str, live: bool) -> None:
    for shop in _shops():
        log.info("%s", shop.clear(key, live))


def _serve(config: list[Path], host: str, port: int) -> None:
    from ..core.errors import InputError

    (shop,) = _shops(_open(config).settings)
    try:
        receiver = shop.receiver(host, port)
    except OSError as error:
        raise InputError(f"{host}, port {port}: {error.strerror}") from None
    with receiver as listening:
        log.info("listening on %s, port %d; stop with Ctrl-C", host, listening.server_port)
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            listening.serve_forever()
        except KeyboardInterrupt:
            log.info("stopped")


def _interrupt(*_: object) -> None:
    """End the server on SIGTERM as on Ctrl-C."""
    raise KeyboardInterrupt
