"""Files that are linked from elsewhere, as from a cache, and are no output themselves.

An output that is a hard link would share its times with all its names: whoever touches one of them
makes what others made of it look old. So the hard link is a hidden file, and the output is a
symbolic link to it, in the same folder. The folder can be moved, and the content stays when it is
removed where it came from.
"""

import contextlib
import os
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from .files import remove

NAME = re.compile(r"\.[0-9a-f]{32}\.linked")

YOUNG_S = 3600.0
"""A hidden file that nothing points to is removed when it was linked so long ago: whoever links it
may be between two steps."""


def is_linked(name: str) -> bool:
    """Tell whether a name is that of a hidden file that was linked from elsewhere.

    Args:
        name: A file's name, without folders.

    Returns:
        Whether it is.
    """
    return NAME.fullmatch(name) is not None


def link_beside(source: Path, path: Path) -> None:
    """Link a file into a folder.

    Args:
        source: The file; nobody may write to it.
        path: The name to give it, which must not exist.

    Raises:
        OSError: The file system cannot link it there.
    """
    hidden = path.with_name(f".{uuid.uuid4().hex}.linked")
    os.link(source, hidden, follow_symlinks=False)
    try:
        path.symlink_to(hidden.name)
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise


def remove_linked(path: Path) -> None:
    """Remove a file or folder, if it exists; of a file that is linked, the hidden one, too.

    Args:
        path: What is removed.
    """
    if path.is_symlink() and is_linked(name := os.readlink(path)):  # noqa: PTH115
        path.with_name(name).unlink(missing_ok=True)
    remove(path)


def replace_linked(path: Path, target: Path) -> None:
    """Rename a file or link; of a linked file that it replaces, the hidden one is removed.

    Args:
        path: What is renamed, in the folder of the target.
        target: Its new name.
    """
    old = os.readlink(target) if target.is_symlink() else ""  # noqa: PTH115
    path.replace(target)
    if is_linked(old):
        target.with_name(old).unlink(missing_ok=True)


def unused_links(folder: Path, names: list[str]) -> Iterator[Path]:
    """Find the hidden files of a folder whose output is gone or is another file now.

    Args:
        folder: The folder.
        names: The names of all files and links in it.

    Yields:
        The hidden files, but for those of the last hour.
    """
    hidden = [name for name in names if is_linked(name)]
    if not hidden:
        return
    targets = {os.readlink(folder / name) for name in names if (folder / name).is_symlink()}  # noqa: PTH115
    for name in set(hidden) - targets:
        with contextlib.suppress(OSError):
            # Linking sets this time, and no other.
            if time.time() - (folder / name).lstat().st_ctime > YOUNG_S:
                yield folder / name
