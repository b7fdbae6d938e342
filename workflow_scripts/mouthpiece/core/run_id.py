"""Which run of the workflow a process belongs to. Its jobs inherit an environment variable."""

import os
import time

VARIABLE = "MOUTHPIECE_RUN"


def begin_run() -> None:
    """Name the run of this process, unless it is a part of one already."""
    os.environ.setdefault(VARIABLE, f"{int(time.time())}-{os.getpid()}")


def run_id() -> str:
    """Tell which run this process belongs to.

    Returns:
        Its name; one of its own where no run was begun.
    """
    begin_run()
    return os.environ[VARIABLE]
