"""Versions of weight files, by their content."""

import contextlib
import functools
import re
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from ..core.errors import Fault
from ..core.files import digest, read_json, sha256, write_json
from . import table
from .embedded import checksums
from .table import read_table

FRESH_S = 2.0
"""How long a file may change without a change of its times: some disks count seconds."""

SHA256 = re.compile("[0-9a-f]{64}")

MISSING = "missing"
"""The version of weights of which a file is not there yet, or is damaged."""


def weights_version(users: Collection[str], embedded: Collection[str] = ()) -> str:
    """Tell a set of published and embedded weights from others.

    Args:
        users: Words of `needed_by` in models/weights.tsv.
        embedded: Names of files in models/embedded.

    Returns:
        12 hex digits of the SHA-256 of the files' own SHA-256; empty where there are no files.
    """
    needed = dict(_published(frozenset(users), table.TABLE, _state(table.TABLE)))
    if embedded:
        needed |= {name: value for name, value in checksums().items() if name in embedded}
    return digest(needed)[:12] if needed else ""


@functools.cache
def _published(
    users: frozenset[str], _table: Path, _state: tuple[int, int] | None
) -> Mapping[str, str | None]:
    """The SHA-256 of published weights. Each job asks: the table is read once a version."""
    return {
        weight.name: weight.sha256
        for weight in read_table().values()
        if not users.isdisjoint(weight.needed_by)
    }


def _state(file: Path) -> tuple[int, int] | None:
    """What tells a version of a file from others; None where it cannot be read."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def fingerprint(path: Path) -> str:
    """Hash a weight file.

    It is read again if anything that the system says of it has changed, the time of its last change
    (ctime) included, which no program can set. A file that has just been written is always read.

    Args:
        path: The file.

    Returns:
        Its SHA-256 in hex.
    """
    found = path.resolve()
    status = found.stat()
    if time.time() < status.st_ctime + FRESH_S:
        return sha256(found)
    return _sha256(found, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@functools.cache
def _sha256(path: Path, *state: int) -> str:
    memo = table.downloads() / ".hashes" / f"{digest([str(path), *state])}.json"
    with contextlib.suppress(OSError, Fault):
        known = read_json(memo)
        if isinstance(known, str) and SHA256.fullmatch(known):
            return known
    value = sha256(path)
    with contextlib.suppress(OSError):  # a read-only folder costs time, not the run
        write_json(memo, value)
    return value
