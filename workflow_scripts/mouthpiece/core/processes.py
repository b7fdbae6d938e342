"""What this machine tells of a process."""

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
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[:1] in [[state] for state in STOPPED_STATES]
