"""`mouthpiece worker`: the processes that run the jobs of runs."""

import logging

import typer

from .console import execute

log = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, help="Control the workers, which run the jobs of runs.")


@app.callback()
def worker() -> None:
    """Control the workers, which run the jobs of runs."""


@app.command()
def stop() -> None:
    """End your pools of workers on this machine at once, and free their GPUs.

    A job that a worker is doing fails, and can be run again.
    """
    execute(_stop)


def _stop() -> None:
    from ..core.user_folder import private_folder
    from ..worker.stop import stop

    log.info("ended %d pool(s) of workers", stop(private_folder()))
