"""What the commands that serve a page on this machine have in common."""

import contextlib
import logging
import os
import stat
import sys

import typer

log = logging.getLogger(__name__)


def show_address(what: str, address: str, may: str) -> None:
    """Show an address in the terminal. It is in no log: who has it may use the page.

    Args:
        what: What is done at the address, such as "review".
        address: The address; it holds a secret.
        may: What one may do who has it, such as "decide".
    """
    typer.echo(f"{what} at {address}", err=True)
    with contextlib.suppress(OSError, ValueError):  # no stream of the system
        if stat.S_ISREG(os.fstat(sys.stderr.fileno()).st_mode):
            log.warning("that address is in a file now; who reads it can %s: delete it", may)


def interrupt(*_: object) -> None:
    """End a server on SIGTERM as on Ctrl-C, which a process in the background does not get.

    Raises:
        KeyboardInterrupt: Always.
    """
    raise KeyboardInterrupt
