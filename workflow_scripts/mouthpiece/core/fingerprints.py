"""Fingerprints identify a user's file by its content, not by its name or times.

Hashing a long film takes a while, so fingerprints are remembered. A file is hashed again when its
size, modification time or change time differs: unzip, `rsync -a` and `cp -p` can set an old
modification time, but not an old change time.
"""

import hashlib
import os
import time
from pathlib import Path

from .errors import Fault, InputError
from .files import read_json, sha256, write_json
from .user_files import file_problem, shown

FOLDER = Path("results/.fingerprints")
"""Where fingerprints are remembered, in one small JSON file for each user file."""

SETTLED_S = 2.0
"""The fingerprint of a file that changed within this time is not remembered: the file may change
again without a new time stamp, as file systems count time in ticks."""

Memo = dict[str, int | str]


def fingerprint(path: Path, folder: Path = FOLDER) -> str:
    """Identify the content of a file.

    Parallel jobs may ask for the same file. If the folder cannot be written, nothing is remembered.

    Args:
        path: The file.
        folder: Where fingerprints are remembered.

    Returns:
        The SHA-256 of the content, in hexadecimal.

    Raises:
        InputError: The file is missing or cannot be read.
    """
    if problem := file_problem(path):  # a pipe or a device may never end
        raise InputError(f"{shown(path)}: cannot be read: {problem}")
    memo = folder / f"{hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:24]}.json"
    try:
        before = _state(path)
        known = _read(memo)
        if known is not None and all(known.get(key) == value for key, value in before.items()):
            return str(known["sha256"])
        content = sha256(path)
        after = _state(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    if before == after and time.time() - before["ctime_ns"] / 1e9 > SETTLED_S:
        _remember(memo, {**after, "sha256": content})
    return content


def _state(path: Path) -> dict[str, int]:
    """The values that change when the content of a file changes."""
    found = path.stat()
    return {
        "size": found.st_size,
        "mtime_ns": found.st_mtime_ns,
        "ctime_ns": found.st_ctime_ns,
    }


def _read(memo: Path) -> Memo | None:
    try:
        known = read_json(memo)
    except (OSError, Fault):
        return None
    return known if isinstance(known, dict) and "sha256" in known else None


def _remember(memo: Path, values: Memo) -> None:
    try:
        write_json(memo, values)
    except OSError:
        return
