"""The one door by which media files are read with PyAV."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import av

from ..core.errors import InputError
from ..core.user_files import file_problem, reason, shown
from .url import url

PROTOCOLS = "file,subfile"
"""What libav may read: local files. A playlist cannot make it open an address."""


class UnusableMedia(Exception):
    """A file opens, but cannot be used; the text says why and what to do, without its name."""


def open_media(path: Path, part: slice | None = None) -> av.container.InputContainer:
    """Open a media file to read it.

    Tags that are not UTF-8, as older recorders and editors write them, are no error.

    Args:
        path: The file.
        part: The bytes of the file that are read, from `start` to before `stop`; None: all.

    Returns:
        The open container. The caller closes it.

    Raises:
        av.FFmpegError: The file is missing, or is no media.
    """
    prefix = f"subfile,,start,{part.start},end,{part.stop},,:" if part else ""
    return av.open(
        prefix + url(path), metadata_errors="replace", options={"protocol_whitelist": PROTOCOLS}
    )


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
