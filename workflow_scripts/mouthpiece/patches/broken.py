"""Files that turn out to be broken while they are read."""

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import av

from ..core.errors import Fault

BROKEN = (
    *(zipfile.BadZipFile, av.FFmpegError, EOFError, LookupError),
    *(NotImplementedError, TypeError, ValueError, OverflowError, MemoryError, RecursionError),
)
"""What reading a broken archive, or what is in it, raises."""


@contextlib.contextmanager
def broken_is_fault(path: Path) -> Iterator[None]:
    """Raise Fault where the block finds a file broken.

    Args:
        path: The file that the block reads.

    Yields:
        Nothing.

    Raises:
        Fault: The file is broken; says how, and what to do.
    """
    try:
        yield
    except BROKEN as error:
        raise _fault(path, error) from None
    except OSError as error:
        if error.filename:  # of the system, not of a place that is not in the file
            raise
        raise _fault(path, error) from None


def _fault(path: Path, error: BaseException) -> Fault:
    reason = f"{type(error).__name__}: {error}"
    return Fault(f"{path}: the file is broken ({reason}); delete it and run again")
