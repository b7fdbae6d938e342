"""What all commands share: how they log, how they report an error, and their exit codes."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer

log = logging.getLogger(__name__)

STOPPED = 130
"""The exit code after Ctrl-C, by the convention of shells (128 + SIGINT)."""

ConfigFiles = Annotated[
    list[Path],
    typer.Option(
        "--config",
        metavar="FILE",
        help="A config file; repeat it for several, of which a later one wins. "
        "Default: config/config.yaml, else config.yaml.",
    ),
]
"""The option `--config` of the commands that read a project."""


def execute(work: Callable[[], int | None], stream: TextIO | None = None) -> NoReturn:
    """Do the work of a command; an error is one message.

    Args:
        work: The command's work; it may return an exit code.
        stream: Where the library's messages go; default: standard error.

    Raises:
        Exit: Always, with the exit code.
    """
    from ..core.errors import Fault, InputError
    from ..core.user_files import os_error_text

    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=stream or sys.stderr)
    try:
        code = work() or 0
    except (InputError, Fault) as error:
        log.error("error: %s", error)
        code = 1
    except OSError as error:
        log.error("error: %s", os_error_text(error))
        code = 1
    except KeyboardInterrupt:
        log.error("stopped; run the same command again: it goes on from there")
        code = STOPPED
    raise typer.Exit(code)


def default_configs(named: list[Path]) -> list[Path]:
    """Complete the config files that a command line names.

    Args:
        named: The values of `--config`.

    Returns:
        The named files; without any, `config.yaml` of the current folder. `config/config.yaml` is
        not listed: the workflow reads it before all others.
    """
    from ..core.user_files import exists

    if named or exists(Path("config/config.yaml")):
        return list(named)
    return [path for path in (Path("config.yaml"),) if exists(path)]
