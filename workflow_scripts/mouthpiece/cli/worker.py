"""`mouthpiece worker`: the processes that hold an engine's networks."""

import logging

import typer

from .console import execute

log = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, help="Control workers, which hold loaded networks.")


@app.callback()
def worker() -> None:
    """Control workers, which hold loaded networks."""


@app.command()
def stop() -> None:
    """End your workers on this machine at once, and free their GPUs.

    A job that a worker is doing fails, and can be run again.
    """
    execute(_stop)


def _stop() -> None:
    from ..core.user_folder import private_folder
    from ..worker.stop import stop

    log.info("ended %d worker(s)", stop(private_folder()))
