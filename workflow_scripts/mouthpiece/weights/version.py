"""Versions of weight files, by their content."""

import contextlib
import functools
from collections.abc import Collection
from pathlib import Path

from ..core.files import digest, read_json, sha256, write_json
from . import table
from .embedded import checksums
from .table import read_table

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
    needed: dict[str, str | None] = {
        weight.name: weight.sha256
        for weight in read_table().values()
        if not set(users).isdisjoint(weight.needed_by)
    }
    needed |= {name: value for name, value in checksums().items() if name in embedded}
    return digest(needed)[:12] if needed else ""


def fingerprint(path: Path) -> str:
    """Hash a weight file; it is read again only if its size or time has changed.

    Args:
        path: The file.

    Returns:
        Its SHA-256 in hex.
    """
    found = path.resolve()
    return _sha256(found, found.stat().st_size, found.stat().st_mtime_ns)


@functools.cache
def _sha256(path: Path, size_bytes: int, mtime_ns: int) -> str:
    stamp = digest([str(path), size_bytes, mtime_ns])
    memo = table.downloads() / ".hashes" / f"{stamp}.json"
    if memo.is_file():
        return str(read_json(memo))
    value = sha256(path)
    with contextlib.suppress(OSError):  # a read-only folder costs time, not the run
        write_json(memo, value)
    return value
