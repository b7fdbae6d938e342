"""The programs that download packages, pip and npm, with limits of time and size."""

import contextlib
import resource
import subprocess
from collections.abc import Sequence
from pathlib import Path

MOST_MESSAGE = 4000
"""How much of a program's messages is shown, in characters: their end."""


def run_limited(
    command: Sequence[str], time_s: float, file_bytes: int, folder: Path | None = None
) -> tuple[int, str]:
    """Run a program that writes files.

    Args:
        command: The program and its arguments.
        time_s: How long it may take, in seconds.
        file_bytes: How large a file of it may become.
        folder: The folder it works in; None: the current one.

    Returns:
        Its exit code, -1 where it took too long, and the end of its messages.
    """
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        with contextlib.suppress(OSError):  # it has ended already
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
        try:
            _, message = process.communicate(timeout=time_s)
        except subprocess.TimeoutExpired:
            process.kill()
            return -1, f"it took more than {time_s:g} s"
        return process.returncode, message[-MOST_MESSAGE:]
