"""The files that a user names: one place that opens them and says what is wrong with them.

A path may be anything: too long, a folder, a pipe, a link to itself. Each is one sentence.
"""

import errno
import os
import stat
from pathlib import Path

from .errors import InputError, quoted

NAME_BYTES = 255
"""The longest name of a file on most file systems."""

KB = 1 << 10

MISSING = "there is no such file"
UNREADABLE = "you may not read it (permission denied)"

_WORDS = {
    errno.ENAMETOOLONG: f"the name is too long; most file systems allow {NAME_BYTES} bytes",
    errno.ELOOP: "it is a link that leads back to itself",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EISDIR: "is a folder, not a file",
}
"""Reasons that the system's own words do not make plain."""

_KINDS = (
    (stat.S_ISDIR, "is a folder, not a file"),
    (stat.S_ISFIFO, "is a named pipe, not a file; save what it carries to a file first"),
    (stat.S_ISSOCK, "is a socket, not a file"),
    (stat.S_ISCHR, "is a device, not a file"),
    (stat.S_ISBLK, "is a device, not a file"),
)


def user_path(text: str) -> Path:
    """Read a path as a user writes it.

    Args:
        text: A path; `~` at its start is a home folder.

    Returns:
        The path; as it is written where there is no such user.
    """
    return Path(os.path.expanduser(text))  # noqa: PTH111 (Path.expanduser raises for ~nobody)


def reason(error: OSError | ValueError) -> str:
    """Say why a path could not be used.

    Args:
        error: What an access to it raised.

    Returns:
        A phrase without the path.
    """
    if not isinstance(error, OSError):  # from the path itself: a NUL, a lone surrogate
        return "it has a character that no path can have"
    return _WORDS.get(error.errno or 0) or error.strerror or str(error) or "it cannot be used"


def os_error_text(error: OSError) -> str:
    """Say what the system refused, and for which file.

    Args:
        error: An error of the system.

    Returns:
        Such as "No space left on device (film.mp4)".
    """
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    return f"{reason(error)} ({' to '.join(names) or 'no file named'})"


def file_problem(path: Path) -> str:
    """Look for what is wrong with a path that should be a file. Nothing is opened.

    Args:
        path: The path.

    Returns:
        A phrase without the path, such as "is a folder, not a file"; empty: it is a regular file.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return _missing(path)
    except (OSError, ValueError) as error:
        return reason(error)
    wrong = next((words for is_kind, words in _KINDS if is_kind(mode)), "")
    return wrong or ("" if os.access(path, os.R_OK) else UNREADABLE)


def folder_problem(path: Path) -> str:
    """Look for what is wrong with a path that should be a folder.

    Args:
        path: The path.

    Returns:
        A phrase without the path; empty: it is a folder.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return _missing(path, "folder")
    except (OSError, ValueError) as error:
        return reason(error)
    if not stat.S_ISDIR(mode):
        return "is a file, not a folder"
    return "" if os.access(path, os.R_OK | os.X_OK) else UNREADABLE


def check_places(*folders: Path) -> None:
    """Refuse what stands where a folder will be written.

    Args:
        folders: The folders; those that are not there yet are fine.

    Raises:
        InputError: One is a file, a link to nowhere or to itself, or may not be read.
    """
    for folder in folders:
        if exists(folder) and (problem := folder_problem(folder)):
            raise InputError(f"{shown(folder)}: {problem}; remove it, or give it another name")


def exists(path: Path) -> bool:
    """Tell whether something has this name, be it a broken link.

    Args:
        path: The path.

    Returns:
        Whether it exists. A path that cannot be looked up counts, so that reading it says why.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True


def resolved(path: Path) -> Path:
    """Make a path absolute and follow its links.

    Args:
        path: The path, whether or not something is there.

    Returns:
        The path; as far as it can be followed where links lead back to themselves.
    """
    try:
        return Path(os.path.realpath(path))  # Path.resolve raises RuntimeError for a loop
    except (OSError, ValueError):
        return path.absolute()


def read_bytes(path: Path, most_kb: int) -> bytes:
    """Read a small file that a user named. A pipe or a device is refused, as it may never end.

    Args:
        path: The file.
        most_kb: The largest size, in KB.

    Returns:
        Its content.

    Raises:
        InputError: It is no regular file, too large, or cannot be read.
    """
    if problem := file_problem(path):
        raise InputError(f"{shown(path)}: {problem}")
    try:
        with path.open("rb") as file:
            content = file.read(most_kb * KB + 1)
    except OSError as error:
        raise InputError(f"{shown(path)}: {reason(error)}") from None
    if len(content) > most_kb * KB:
        raise InputError(f"{shown(path)}: is larger than {most_kb} KB; is it the right file?")
    return content


def read_text(path: Path, most_kb: int) -> str:
    """Read a small text file that a user named.

    Args:
        path: The file.
        most_kb: The largest size, in KB.

    Returns:
        Its text, without a byte order mark.

    Raises:
        InputError: See `read_bytes`; or it is not UTF-8.
    """
    content = read_bytes(path, most_kb)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_text(path, content, error) from None


def not_text(path: Path, content: bytes, error: UnicodeDecodeError) -> InputError:
    """Say where a file is not text.

    Args:
        path: The file.
        content: Its bytes.
        error: What decoding them raised.

    Returns:
        The error, for the caller to raise.
    """
    row = content.count(b"\n", 0, error.start) + 1
    byte = f"byte 0x{content[error.start]:02x}"
    return InputError(
        f"{shown(path)}: is not readable UTF-8 text (row {row}: {byte} is no character); save it "
        "as text in UTF-8"
    )


def shown(path: Path) -> str:
    """Write a path for a message.

    Args:
        path: The path.

    Returns:
        The path on one line; quoted, and without its middle, where it is long or not printable.
    """
    text = str(path)
    return text if text.isprintable() and len(text) <= NAME_BYTES else quoted(text)


def _missing(path: Path, what: str = "file") -> str:
    if path.is_symlink():
        return f"is a link to {shown(path.readlink())}, which does not exist"
    user = next((part[1:] for part in path.parts if part.startswith("~") and part != "~"), "")
    missing = MISSING if what == "file" else f"there is no such {what}"
    return f"{missing}, and no user {user}" if user else missing
