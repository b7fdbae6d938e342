"""What tells a weight file from another: its content."""

import contextlib
import functools
from pathlib import Path

from ..core.files import digest, read_json, sha256, write_json
from . import table
from .table import read_table

EMBEDDED_USERS = ("preview", "embedded")
"""What loads the networks that this project trained: the engine and the scorer."""


def weights_version(user: str) -> str:
    """The version, 12 hex digits, of the weights that `user` (a word of needed_by) needs."""
    needed = {w.name: w.sha256 for w in read_table().values() if user in w.needed_by}
    if user in EMBEDDED_USERS:
        needed["embedded"] = sha256(table.MODELS / "embedded" / "manifest.tsv")
    return digest(needed)[:12] if needed else ""


def fingerprint(path: Path) -> str:
    """The SHA-256 of a weight file, read once as long as its size and time stay as they are."""
    found = path.resolve()
    return _sha256(found, found.stat().st_size, found.stat().st_mtime_ns)


@functools.cache
def _sha256(path: Path, size_bytes: int, mtime_ns: int) -> str:
    stamp = digest([str(path), size_bytes, mtime_ns])
    memo = table.MODELS / "downloads" / ".hashes" / f"{stamp}.json"
    if memo.is_file():
        return str(read_json(memo))
    value = sha256(path)
    with contextlib.suppress(OSError):  # a read-only folder costs time, not the run
        write_json(memo, value)
    return value
