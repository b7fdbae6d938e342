"""Fingerprints: a user's file is known by its content, not by its name or its time.

Reading a long film takes a while, so a fingerprint is remembered. It is taken again when the file's
size, modification time or change time differs: unpacking, `rsync -a` and `cp -p` keep an old
modification time, but none of them can keep the change time.
"""

import hashlib
import os
import time
from pathlib import Path

from .errors import InputError
from .files import read_json, sha256, write_json

FOLDER = Path("results/.fingerprints")
"""Where fingerprints are remembered: one small JSON file for each user file."""

SETTLED_S = 2.0
"""A file that changed within this time may change again without a new time stamp, as file systems
count time in ticks. Its fingerprint is not remembered."""

Memo = dict[str, int | str]


def fingerprint(path: Path, folder: Path = FOLDER) -> str:
    """Tell the content of a file.

    Parallel jobs may ask for the same file. A folder that cannot be written only costs time.

    Args:
        path: The file.
        folder: Where fingerprints are remembered.

    Returns:
        The SHA-256 of the content, in hex.

    Raises:
        InputError: The file is missing or cannot be read.
    """
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
    """What changes when the content of a file does."""
    found = path.stat()
    return {
        "size": found.st_size,
        "mtime_ns": found.st_mtime_ns,
        "ctime_ns": found.st_ctime_ns,
    }


def _read(memo: Path) -> Memo | None:
    try:
        known = read_json(memo)
    except (OSError, ValueError):
        return None
    return known if isinstance(known, dict) and "sha256" in known else None


def _remember(memo: Path, values: Memo) -> None:
    try:
        write_json(memo, values)
    except OSError:
        return
