"""The content of a job's inputs, by SHA-256. A large file is hashed once.

A result is replaced by another file and never written in place, so its inode, its size and its time
tell which content it has.
"""

import contextlib
import functools
import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..core.errors import Fault, InputError
from ..core.files import digest, read_json, sha256, write_text
from ..core.fingerprints import fingerprint
from ..core.locks import lock_file
from .cached import NAMED_FILES

LARGE_BYTES = 32 << 20
"""The hash of a file of this size is kept in the project's folder: to read it takes longer."""

LONGEST_S = 600.0
"""How long a job waits for another one that hashes the same file."""

KEPT_S = 30 * 86_400.0
"""For how long a hash is kept after it was last used."""

Identity = tuple[int, int, int, int]


def content_of(path: Path, memory: Path) -> str:
    """Identify what an input holds: a file, a folder, or a file with others that it names.

    Args:
        path: The input.
        memory: The folder of hashes that are kept.

    Returns:
        A SHA-256 in hex.

    Raises:
        OSError: It cannot be read.
    """
    if path.is_dir():
        return digest(_inside(path, memory))
    content = file_sha256(path, memory)
    if folder := NAMED_FILES.get(path.name):
        return digest([content, _inside(path.parent / folder, memory)])
    return content


def part_of(path: Path, part: str) -> str:
    """Identify one part of an input.

    Args:
        path: A file with a JSON object.
        part: The key in it.

    Returns:
        A SHA-256 in hex.

    Raises:
        OSError: It cannot be read.
        Fault: It is damaged.
    """
    values = read_json(path)
    return digest(values.get(part) if isinstance(values, dict) else None)


def file_sha256(path: Path, memory: Path) -> str:
    """Hash a file, or recall its hash.

    Args:
        path: The file.
        memory: The folder of hashes that are kept.

    Returns:
        The SHA-256 in hex.

    Raises:
        OSError: It cannot be read.
    """
    return _hashed(path, _identity(path), memory)


def is_as_recorded(params: Mapping[str, Any], user_file: Sequence[str]) -> bool:
    """Tell whether the user's files of a job are those of its key, which was made before it ran.

    Args:
        params: All params of the job, by name.
        user_file: Where they name the file whose fingerprint is the param `content`.

    Returns:
        Whether they are.

    Raises:
        InputError: One cannot be read.
    """
    place: Any = params
    for name in user_file:
        place = place[name]
    recorded = {**params.get("recorded", {}), **({"": params["content"]} if user_file else {})}
    places = {**params.get("recordings", {}), **({"": place} if user_file else {})}
    return all(fingerprint(Path(file)) == recorded[name] for name, file in places.items() if file)


def members(folder: Path) -> list[Path]:
    """List the files in a folder and in those below, without hidden ones.

    Args:
        folder: The folder; it need not be there.

    Returns:
        The files, relative to it, sorted.
    """
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.parts))


def forget_old(memory: Path) -> None:
    """Remove hashes that no run used for long.

    Args:
        memory: The folder of hashes.
    """
    for path in memory.glob("*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > KEPT_S:
                path.unlink()


def _inside(folder: Path, memory: Path) -> list[list[str]]:
    names: Iterable[Path] = members(folder)
    return [[name.as_posix(), file_sha256(folder / name, memory)] for name in names]


def _identity(path: Path) -> Identity:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


@functools.lru_cache(maxsize=8192)
def _hashed(path: Path, identity: Identity, memory: Path) -> str:
    if identity[2] < LARGE_BYTES:
        return sha256(path)
    # No device: its number differs between the machines that share a disk.
    name = hashlib.sha256(repr((str(path), *identity[1:])).encode()).hexdigest()[:24]
    kept = memory / name
    if known := _recall(kept):
        return known
    try:
        memory.mkdir(parents=True, exist_ok=True)
        with lock_file(memory / f".{name}.lock", limit_s=LONGEST_S):
            return _recall(kept) or _hash_and_keep(path, identity, kept)
    except (Fault, InputError, OSError):
        return sha256(path)


def _hash_and_keep(path: Path, identity: Identity, kept: Path) -> str:
    content = sha256(path)
    if _identity(path) == identity:
        with contextlib.suppress(Fault, OSError):
            write_text(kept, content + "\n")
    return content


def _recall(kept: Path) -> str:
    """A hash that is kept; empty where there is none."""
    try:
        content = kept.read_text(encoding="ascii").strip()
        kept.touch()
    except (OSError, ValueError):
        return ""
    return content if len(content) == 64 else ""
