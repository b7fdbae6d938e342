"""What the commands that serve a page on this machine have in common."""

import contextlib
import logging
import os
import signal
import stat
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from ..review.local_server import LocalServer

log = logging.getLogger(__name__)


def check_port(port: int | None) -> None:
    """Check the option `--port`.

    Args:
        port: Its value; None: it is not given.

    Raises:
        InputError: There is no such port.
    """
    from ..core.errors import InputError
    from ..review.local_server import MAX_PORT

    if port is not None and not 0 <= port <= MAX_PORT:
        raise InputError(f"port {port}: wanted 0 (any that is free) to {MAX_PORT}")


def serve(server: "LocalServer", what: str, may: str, remedy: str = "delete it") -> None:
    """Show the address of a server, and answer until Ctrl-C or SIGTERM.

    Args:
        server: The server, which listens.
        what: What is done at its address, such as "review".
        may: What one may do who has the address, such as "decide".
        remedy: What to do where the address is written to a file.
    """
    show_address(what, server.address, may, remedy)
    log.info("stop with Ctrl-C")
    signal.signal(signal.SIGTERM, interrupt)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        log.info("stopped")


def show_address(what: str, address: str, may: str, remedy: str) -> None:
    """Show an address in the terminal. It is in no log: who has it may use the page.

    Args:
        what: What is done at the address, such as "review".
        address: The address; it holds a secret.
        may: What one may do who has it, such as "decide".
        remedy: What to do where it is written to a file.
    """
    typer.echo(f"{what} at {address}", err=True)
    with contextlib.suppress(OSError, ValueError):  # no stream of the system
        if stat.S_ISREG(os.fstat(sys.stderr.fileno()).st_mode):
            log.warning("that address is in a file now; who reads it can %s: %s", may, remedy)


def interrupt(*_: object) -> None:
    """End a server on SIGTERM as on Ctrl-C, which a process in the background does not get.

    Raises:
        KeyboardInterrupt: Always.
    """
    raise KeyboardInterrupt
