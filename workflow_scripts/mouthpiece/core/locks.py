"""One run at a time in a results folder, by a lock that ends with its process, even by kill -9."""

import fcntl
from pathlib import Path
from typing import TextIO

from .errors import InputError


def lock_folder(folder: Path) -> TextIO:
    """Lock a folder until the returned file is closed or this process ends.

    Raises InputError where another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise InputError(f"another run is at work in {folder}/; wait for it, or stop it") from None
    return file
