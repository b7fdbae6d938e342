"""What surrounds a job: its log, and one message for an error."""

import contextlib
import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from .errors import Fault, InputError
from .user_files import os_error_text


@contextlib.contextmanager
def job(log: str) -> Iterator[None]:
    """Log to a file; turn an error into one message on stderr and exit code 1.

    The traceback of an unexpected error goes to the log only.

    Args:
        log: The log file.

    Yields:
        Nothing.
    """
    path = Path(log)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(
            filename=path,
            filemode="w",
            level=logging.INFO,
            format="%(asctime)s %(levelname)s %(name)s: %(message)s",
            force=True,
        )
    except OSError as error:
        sys.stderr.write(f"mouthpiece: the log cannot be written: {os_error_text(error)}\n")
        sys.exit(1)
    # Where a full disk takes no line of the log, the message on stderr is enough.
    logging.getLogger().handlers[0].handleError = lambda record: None  # type: ignore[method-assign]
    try:
        yield
    except (InputError, Fault) as error:
        _stop(path, str(error))
    except OSError as error:
        logging.getLogger(__name__).error("%s", traceback.format_exc())
        _stop(path, os_error_text(error))
    except Exception as error:
        logging.getLogger(__name__).error("%s", traceback.format_exc())
        _stop(path, f"unexpected {type(error).__name__}: {error}; the log has more: {path}")


def _stop(path: Path, message: str) -> None:
    logging.getLogger(__name__).error("%s", message)
    sys.stderr.write(f"mouthpiece: {message}\n")
    sys.exit(1)
