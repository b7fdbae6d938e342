"""The folder of a project while a run on a cluster is at work in it."""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import InputError
from ..core.files import remove, write_text
from ..core.leftovers import sweep_locked, sweep_results
from ..core.locks import lock_folder
from ..results_cache.runs import FOLDER as CACHE
from ..results_cache.runs import RunCache
from .part import FOLDER, TOKEN
from .queue import LIVING, Job, cancel, jobs_of

STOPPING_S = 10.0
"""How long an earlier run may take to stop: one whose command was killed stops within seconds."""

CANCELLED_S = 120.0
"""How long cancelled jobs may take to end."""

ASK_EVERY_S = 1.0


@dataclass(frozen=True)
class Held:
    """A project's folder, held for a run.

    Attributes:
        token: What tells the run from others.
        lock: The descriptor of the lock. Who has it open holds the folder.
        cancelled: How many jobs of an earlier run were cancelled.
    """

    token: str
    lock: int
    cancelled: int


@contextlib.contextmanager
def held(folder: Path) -> Iterator[Held]:
    """Hold a project's folder for a run, and end what an earlier one left in the queue.

    Args:
        folder: The folder.

    Yields:
        How it is held.

    Raises:
        InputError: Another run is at work there, or the cluster does not answer.
    """
    with lock_folder(folder / "results", STOPPING_S) as lock:
        cancelled = end_jobs(folder)
        remove(folder / FOLDER)
        RunCache(folder / CACHE).clear()
        token = uuid.uuid4().hex
        write_text(folder / TOKEN, token)
        try:
            yield Held(token, lock.fileno(), cancelled)
        finally:
            remove(folder / TOKEN)
            with contextlib.suppress(InputError):  # a cluster that does not answer
                if not _living(folder, jobs_of):
                    sweep_results(folder)
                    sweep_locked(folder)


def _living(folder: Path, ask: Callable[[Path], Sequence[Job]]) -> list[Job]:
    return [job for job in ask(folder) if job.state in LIVING]


def end_jobs(
    folder: Path,
    ask: Callable[[Path], Sequence[Job]] = jobs_of,
    limit_s: float = CANCELLED_S,
) -> int:
    """Cancel the jobs that a killed run left in the queue, and wait until they have ended.

    Args:
        folder: The project's folder, which this process has locked.
        ask: Lists the jobs of a project.
        limit_s: How long to wait.

    Returns:
        How many there were.

    Raises:
        InputError: They do not end.
    """
    left = _living(folder, ask)
    number = len(left)
    cancel(left)
    deadline = time.monotonic() + limit_s
    while left := _living(folder, ask) if left else []:
        if time.monotonic() > deadline:
            raise InputError(
                f"{len(left)} Slurm jobs of an earlier run in this folder do not end, such as "
                f"{left[0].number}; wait until they are gone from squeue"
            )
        time.sleep(ASK_EVERY_S)
    return number
