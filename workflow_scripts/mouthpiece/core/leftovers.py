"""What killed processes left: temporary files of their own, and scripts of Snakemake's.

Only what nobody can still use is removed: of a process that ran here and is gone; of another
machine, such as a node of a cluster, what has not been written to for a day. Files of other users
are kept.
"""

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from .errors import InputError
from .files import remove
from .linked_files import is_linked, unused_links
from .locks import lock_folder
from .owners import Owner
from .processes import PROC

STRANGER_S = 86_400.0
"""For how long nothing was written to a file of another machine that is removed."""

SCRIPT_S = 60.0
"""How old a script of Snakemake's is that is removed: a job reads it when it starts."""

EMPTY_S = 3600.0
"""How old an empty folder of Snakemake's is that is removed. Each run makes one."""

CACHE_S = 7 * 86_400.0
"""How long nothing was written to a copy of the rules of a run that is removed."""

RUNTIME_CACHE = Path("snakemake/source-cache/snakemake-runtime-cache")
"""Where these copies are, in Snakemake's cache folder of the user."""


@dataclass(frozen=True)
class Swept:
    """What was removed.

    Attributes:
        files: How many files and folders.
        size: Their size in bytes.
    """

    files: int = 0
    size: int = 0

    def __str__(self) -> str:
        what = "1 temporary file" if self.files == 1 else f"{self.files} temporary files"
        return f"removed {what} ({self.size / 1e6:.1f} MB) that a killed run left"


def sweep_project(folder: Path, others: Iterable[Path] = ()) -> Swept:
    """Remove what killed runs left in a project's folder, unless a run is at work there.

    Args:
        folder: The working folder of its runs.
        others: Other folders in which it writes, such as that of its tables.

    Returns:
        What was removed.
    """
    if not (folder / "results").is_dir():
        return Swept()
    try:
        lock = lock_folder(folder / "results")
    except (InputError, OSError):  # the run itself reports what is wrong
        return Swept()
    with lock:
        return sweep_locked(folder, others)


def sweep_locked(folder: Path, others: Iterable[Path] = ()) -> Swept:
    """Remove what killed runs left in a project's folder, whose results this process has locked.

    Args:
        folder: The working folder of its runs.
        others: Other folders in which it writes, such as that of its tables.

    Returns:
        What was removed.
    """
    system = Path(tempfile.gettempdir())
    flat = {path.resolve() for path in (folder, folder / "config", system, *others)}
    found = [*_below(folder / "results"), *(entry for place in flat for entry in _in(place))]
    left = [path for path in found if is_left(path) or is_linked(path.name)]
    return _removed([*left, *_left_by_snakemake(folder)])


def sweep_results(folder: Path) -> Swept:
    """Remove what killed jobs left in a project's results, when no machine is at work there.

    Args:
        folder: The working folder of its runs; this process has locked its results.

    Returns:
        What was removed, of whatever age and machine.
    """
    found = [path for path in _below(folder / "results") if _is_own(path)]
    owners = [(path, Owner.of(path.name)) for path in found]
    return _removed([p for p, owner in owners if not (owner and owner.is_here and owner.is_alive)])


def _left_by_snakemake(folder: Path) -> Iterator[Path]:
    """What runs of Snakemake that were killed left, here and in the user's own folders."""
    own = folder / ".snakemake"
    commands = _in(own, lambda name: name.startswith("shell_tmp."))
    scripts = [
        path
        for path in (*_in(own / "scripts", lambda _: True), *commands)
        if _is_old(path, SCRIPT_S)
    ]
    read = _command_lines() if scripts else b""
    yield from (path for path in scripts if path.name.encode() not in read)
    temporary = re.compile("snakemake[a-z0-9_]{8}")
    for path in _in(Path(tempfile.gettempdir()), lambda name: bool(temporary.fullmatch(name))):
        if _is_old(path, EMPTY_S) and not any(_in(path, lambda _: True)):
            yield path
    for path in _in(user_cache_path("snakemake") / RUNTIME_CACHE, lambda _: True):
        if _is_old(path, CACHE_S):
            yield path


def _is_temporary(name: str) -> bool:
    return Owner.of(name) is not None


def _in(folder: Path, wanted: Callable[[str], bool] = _is_temporary) -> Iterator[Path]:
    """The wanted entries of a folder."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        yield from (Path(entry.path) for entry in entries if wanted(entry.name))


def _below(folder: Path) -> Iterator[Path]:
    """The temporary files and folders below a folder, without what is inside them."""
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files) if _is_temporary(name))
        yield from unused_links(Path(place), files)
        folders[:] = [name for name in folders if not _is_temporary(name)]


def is_left(path: Path) -> bool:
    """Tell whether a temporary file or folder was left by a process that is gone.

    Args:
        path: The file or folder, by any name.

    Returns:
        Whether it is this user's, and nobody can still use it.
    """
    owner = Owner.of(path.name)
    if owner is None or not _is_own(path):
        return False
    return not owner.is_alive if owner.is_here else _is_old(path, STRANGER_S)


def _is_old(path: Path, age_s: float) -> bool:
    """Whether nobody has written to a file of this user's for so long."""
    return _is_own(path) and time.time() - _written(path) > age_s


def _is_own(path: Path) -> bool:
    try:
        return path.lstat().st_uid == os.getuid()
    except OSError:
        return False


def _written(path: Path) -> float:
    """When a file, or any file of a folder, was last written; seconds since 1970."""
    times = [path.lstat().st_mtime]
    for place, folders, files in os.walk(path):
        for name in (*folders, *files):
            with contextlib.suppress(OSError):
                times.append(os.lstat(os.path.join(place, name)).st_mtime)  # noqa: PTH118
    return max(times)


def _command_lines() -> bytes:
    """The command lines of all processes that can be seen."""
    lines = []
    for path in PROC.glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(path.read_bytes())
    return b"\n".join(lines)


def _removed(paths: Iterable[Path]) -> Swept:
    """Remove files and folders; one that cannot be removed is kept."""
    count = size = 0
    for path in paths:
        with contextlib.suppress(OSError):
            size_bytes = _size(path)
            remove(path)
            count, size = count + 1, size + size_bytes
    return Swept(count, size)


def _size(path: Path) -> int:
    files = [path, *path.rglob("*")] if path.is_dir() and not path.is_symlink() else [path]
    return sum(file.lstat().st_size for file in files if file.is_symlink() or file.is_file())
