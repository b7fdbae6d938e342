"""What `/proc` says of a process; nothing where there is no `/proc`."""

from pathlib import Path

PROC = Path("/proc")

STOPPED_STATES = ("T", "t")
"""The states of a process that was stopped by a signal or a debugger, as proc(5) names them."""


def is_stopped(pid: int) -> bool:
    """Tell whether a process of this machine is stopped, as by Ctrl-Z or `kill -STOP`.

    Args:
        pid: The process.

    Returns:
        Whether it is there and stopped; False where the system does not say.
    """
    return _status(pid)[:1] in [[state] for state in STOPPED_STATES]


def start_ticks(pid: int) -> str:
    """Tell when a process of this machine started.

    Args:
        pid: The process.

    Returns:
        Clock ticks since the machine started; empty where the system does not say.
    """
    return next(iter(_status(pid)[19:]), "")


def anonymous_mb(pid: int) -> int:
    """Tell how much memory a process of this machine holds that is not a file's.

    Args:
        pid: The process.

    Returns:
        Its resident anonymous memory in MB, with what it shares with its parent; 0 where the system
        does not say.
    """
    try:
        status = (PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
        return int(status.partition("RssAnon:")[2].split()[0]) >> 10
    except (OSError, ValueError, IndexError):
        return 0


def file_mode_mask() -> int:
    """Tell which permissions this process withholds from the files that it makes.

    Returns:
        Its umask; 0o077 where the system does not say.
    """
    try:
        text = (PROC / "self" / "status").read_text(encoding="utf-8", errors="replace")
        return int(text.partition("\nUmask:")[2].split()[0], 8)
    except (OSError, IndexError, ValueError):
        return 0o077


def _status(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third one on; none where the system does not say."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()  # after the name, which may hold spaces
