"""The size of a cache: what is in it, what is removed, and whether it is whole."""

import contextlib
import logging
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.files import remove
from ..core.leftovers import is_left
from ..core.user_files import os_error_text
from .manifest import NAME, OTHER_VERSION, DamagedError, Manifest, OtherVersionError
from .store import Store

PRUNED_SHARE = 0.01
"""How much of a cache's size is written, on average, before a job looks whether it is too large."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """An entry of a cache.

    Attributes:
        folder: Its folder.
        used: When it was last used, seconds since 1970.
        size: The bytes of its files.
        script: The script whose results they are; empty where the manifest is damaged, and
            `OTHER_VERSION` where another version of Mouthpiece wrote it.
    """

    folder: Path
    used: float
    size: int
    script: str


def entries(store: Store) -> Iterator[Entry]:
    """List what is in a cache.

    Args:
        store: The cache.

    Yields:
        Its entries, in no order.
    """
    for folder in store.entries():
        with contextlib.suppress(OSError):
            try:
                manifest = Manifest.read(folder)
                used = (folder / NAME).stat().st_mtime
                yield Entry(folder, used, manifest.size, manifest.script)
            except OtherVersionError:
                used = (folder / NAME).stat().st_mtime
                yield Entry(folder, used, _size(folder), OTHER_VERSION)
            except (DamagedError, FileNotFoundError):
                yield Entry(folder, folder.stat().st_mtime, _size(folder), "")


def prune(store: Store, max_bytes: int | None = None) -> tuple[int, int]:
    """Remove what was not used for longest, until the cache is no larger than it may be.

    Several may do so at once, and others may read: see `store`.

    Args:
        store: The cache.
        max_bytes: How large it may be; default: as the config says.

    Returns:
        How many entries were removed, and their bytes.
    """
    limit = store.max_bytes if max_bytes is None else max_bytes
    _sweep(store)
    found = _longest_unused(store)
    sizes = [(entry, entry.size) for entry in found]
    total = sum(entry.size for entry in found)
    return _discard(store, sizes, total - limit if limit else total + 1)  # 0: empty ones, too


def make_room(store: Store, missing_bytes: int) -> bool:
    """Remove what was not used for longest, until the disk has more room.

    What projects link to stays on the disk when its entry goes: such entries are kept. Where all
    others give less than is missing, none is removed.

    Args:
        store: The cache.
        missing_bytes: How much room the disk lacks. A hundredth of the cache is removed at least,
            so that the next job need not look again.

    Returns:
        Whether the disk has the room now.
    """
    _sweep(store)
    found = _longest_unused(store)
    rooms = [(e, room) for e in found if (room := _room(e.folder)) > e.size / 2]
    if sum(room for _, room in rooms) < missing_bytes:
        return False
    share = int(PRUNED_SHARE * sum(entry.size for entry in found))
    return _discard(store, rooms, max(missing_bytes, share))[1] >= missing_bytes


def keep_bounded(store: Store, written: int) -> None:
    """Prune a cache now and then while it is written.

    By chance, so that many processes need not count together: a job that writes a hundredth of the
    cache's size always does it, another one the more seldom the less it writes.

    Args:
        store: The cache.
        written: How many bytes were written since it was last called.
    """
    if random.random() * PRUNED_SHARE * store.max_bytes < written:
        prune(store)


def damaged(store: Store) -> Iterator[tuple[Path, str]]:
    """Read a cache whole.

    Args:
        store: The cache.

    Yields:
        The folder of each entry that is damaged, and what is wrong with it.
    """
    for folder in store.entries():
        try:
            Manifest.read(folder).check(folder)
        except OtherVersionError:
            continue
        except DamagedError as error:
            yield folder, str(error)
        except FileNotFoundError:
            if folder.is_dir():  # else it was removed meanwhile
                yield folder, f"{NAME} is missing"
        except OSError as error:
            yield folder, os_error_text(error)


def _longest_unused(store: Store) -> list[Entry]:
    return sorted(entries(store), key=lambda entry: (entry.used, entry.folder))


def _discard(store: Store, found: Iterable[tuple[Entry, int]], wanted: int) -> tuple[int, int]:
    """Remove entries until so many bytes are removed, each entry with what it counts.

    Returns:
        How many entries were removed, and their bytes.
    """
    count = freed = 0
    kept: list[str] = []
    for entry, size in found:
        if freed >= wanted:
            break
        try:
            store.discard(entry.folder)
        except OSError as error:
            kept.append(f"{entry.folder}: {os_error_text(error)}")
            continue
        count, freed = count + 1, freed + size
    if kept:
        log.warning("%d entries cannot be removed, such as %s", len(kept), kept[0])
    return count, freed


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _room(folder: Path) -> int:
    """The bytes that the disk gets back when an entry goes; 0 where it went meanwhile."""
    with contextlib.suppress(OSError):
        files = [path.stat() for path in folder.rglob("*") if path.is_file()]
        return sum(file.st_size for file in files if file.st_nlink == 1)
    return 0


def _sweep(store: Store) -> None:
    """Remove what killed processes left half written or half removed."""
    for path in (store.root / "new").glob(".*"):
        if is_left(path):
            with contextlib.suppress(OSError):
                remove(path)
