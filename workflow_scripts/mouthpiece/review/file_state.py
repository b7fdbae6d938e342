"""Whether a file is still the one that was read."""

from pathlib import Path

State = tuple[int, int, int]


def state_of(path: Path) -> State | None:
    """Get what changes with a file's content.

    Args:
        path: The file.

    Returns:
        Its inode, time and size; None where there is no file.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
