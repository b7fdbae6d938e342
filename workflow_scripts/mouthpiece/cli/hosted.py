"""`mouthpiece hosted`: what hosted services cost and were paid for, and the receiver of reports."""

import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import ConfigFiles, default_configs, execute

if TYPE_CHECKING:
    from ..project.project import Project

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
) -> None:
    """Let a cut be bought again whose purchase failed, or is not known to have been made.

    Look into the service's own list of requests before: what was bought there is paid.
    """
    execute(lambda: _clear(key))


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


def _ledger() -> None:
    from ..engines.hosted.ledger import FILE, FOLDER, Ledger
    from ..engines.hosted.prices import MILLION

    typer.echo("key\tstate\tusd\tservice\tmodel\trequest\tcut\trun\tsays")
    if not (FOLDER / FILE).is_file():
        return
    for row in Ledger().all():
        usd = f"{row.price_micro_usd / MILLION:.6f}"
        key = f"{row.key[:12]}{row.key[64:]}"
        cells = (row.service, row.model, row.request_id, row.label, row.run, row.raw)
        typer.echo("\t".join((key, row.state, usd, *cells)))


def _clear(key: str) -> None:
    import re
    import time

    from ..core.errors import InputError
    from ..engines.hosted.ledger import FILE, FOLDER, Ledger

    if not re.fullmatch("[0-9a-f]{6,64}", key):
        raise InputError(
            "a key is 6 to 64 hexadecimal digits, as `mouthpiece hosted ledger` has it"
        )
    if not (FOLDER / FILE).is_file():
        raise InputError("nothing was bought in this folder")
    row = Ledger().clear(key, time.time())
    log.info("%s was %s; the next run may buy it again", row.key[:12], row.state)


def _serve(config: list[Path], host: str, port: int) -> None:
    from ..core.errors import InputError
    from ..engines.hosted.ledger import Ledger
    from ..engines.hosted.services import make_service
    from ..engines.hosted.settings import HostedSettings
    from ..engines.hosted.webhooks import Receiver

    chosen = _open(config).settings.engines.of("hosted")
    if not isinstance(chosen, HostedSettings) or not chosen.webhook_url:
        raise InputError("engines.hosted.webhook_url: name the public address of this receiver")
    try:
        receiver = Receiver(make_service(chosen), Ledger(), host, port)
    except OSError as error:
        raise InputError(f"{host}, port {port}: {error.strerror}") from None
    with receiver:
        log.info("listening on %s, port %d; stop with Ctrl-C", host, receiver.server_port)
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            receiver.serve_forever()
        except KeyboardInterrupt:
            log.info("stopped")


def _interrupt(*_: object) -> None:
    """End the server on SIGTERM as on Ctrl-C."""
    raise KeyboardInterrupt
