"""Media files of users: what is wrong with one that cannot be read is one sentence."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import av

from ..core.errors import InputError
from ..core.user_files import file_problem, reason, shown
from .open import open_media


class UnusableMedia(Exception):
    """A file opens, but cannot be used; the text says why and what to do, without its name."""


@contextlib.contextmanager
def user_media(path: Path, kind: str) -> Iterator[av.container.InputContainer]:
    """Open a file of a user, and read it in the block.

    Args:
        path: The file.
        kind: What it should be, for the message: "a video", "sound".

    Yields:
        The open container.

    Raises:
        InputError: The file is missing, empty, or cannot be opened, read or used as media.
    """
    problem = file_problem(path)  # before it is opened: a pipe would wait for its other end
    try:
        if not problem:
            with path.open("rb") as file:
                if not file.read(1):
                    raise InputError(f"{path}: the file is empty; replace it by {kind}")
    except OSError as error:
        problem = reason(error)
    if problem:
        raise InputError(f"{shown(path)}: cannot be read as {kind}: {problem}; check the path")
    try:
        with open_media(path) as container:
            yield container
    except UnusableMedia as error:
        raise InputError(f"{path}: {error}") from None
    except (av.FFmpegError, OSError) as error:
        raise InputError(
            f"{path}: cannot be read as {kind}: {error.strerror}; "
            f"it is cut short, damaged or not {kind} at all"
        ) from None
