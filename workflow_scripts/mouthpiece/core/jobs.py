"""What surrounds a stage's one function call, or a command line's: the log, and errors in words."""

import contextlib
import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import Fault, InputError


@contextlib.contextmanager
def job(log: str) -> Iterator[None]:
    """Log to a file; turn an error into one message on stderr, and into exit code 1.

    A traceback, where something unforeseen happens, goes to the log only.
    """
    path = Path(log)
    path.parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=path,
        filemode="w",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    try:
        yield
    except (InputError, Fault) as error:
        _stop(path, str(error))
    except OSError as error:
        logging.getLogger(__name__).error("%s", traceback.format_exc())
        _stop(path, os_error_text(error))
    except Exception as error:
        logging.getLogger(__name__).error("%s", traceback.format_exc())
        _stop(path, f"unforeseen {type(error).__name__}: {error}; the log has more: {path}")


def run_command(run: Callable[[], None]) -> int:
    """Run what a command line asks for; an error is one message. Returns the exit code."""
    try:
        run()
    except (InputError, Fault) as error:
        logging.getLogger(__name__).error("error: %s", error)
        return 1
    except OSError as error:
        logging.getLogger(__name__).error("error: %s", os_error_text(error))
        return 1
    return 0


def os_error_text(error: OSError) -> str:
    """What the system refused, and for which file."""
    return f"{error.strerror or error} ({error.filename or 'no file named'})"


def _stop(path: Path, message: str) -> None:
    logging.getLogger(__name__).error("%s", message)
    sys.stderr.write(f"mouthpiece: {message}\n")
    sys.exit(1)
