"""The jobs of a project in Slurm's queue, and why those wait that will not start."""

import queue
import re
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import InputError
from .partitions import ask
from .run_file import job_mark

SQUEUE = ("squeue", "--me", "--noheader", "--format=%i|%T|%j|%P|%r")

EVERY_S = 15.0
"""How often the queue is asked: a job is told of at the second time, within a minute."""

WAITING = "PENDING"

LIVING = (WAITING, "RUNNING", "CONFIGURING", "COMPLETING", "SUSPENDED", "REQUEUED", "PREEMPTED")

REMEDIES = {
    r"PartitionTimeLimit": "its time limit is over that of its partition, or of one of them: set "
    "cluster.minutes lower, or change the list of partitions",
    r"PartitionNodeLimit|BadConstraints|Reason=bad": "no node of its partition has what it asks "
    "for: set cluster.cores or cluster.mem_mb lower, or choose another partition or constraint",
    r"MaxMemPerLimit": "it asks for more memory than is allowed: set cluster.mem_mb lower",
    r"PartitionDown|PartitionInactive": "its partition is down: choose another one, or ask the "
    "cluster's administrators",
    r"ReqNodeNotAvail|Nodes required for job are DOWN|NodeDown|DRAIN": "the nodes that it could "
    "run on are down, drained or reserved (`sinfo -R` says why): choose another partition, or ask "
    "the cluster's administrators",
    r"InvalidAccount|AccountNotAllowed": "its account is not allowed here: set cluster.account",
    r"InvalidQOS|QOSNotAllowed": "its quality of service is not allowed here: set cluster.qos",
    r"Reservation.*": "its reservation is over or not yet begun",
    r"JobHeldAdmin": "an administrator of the cluster holds it: ask them",
    r"launch failed requeued held|user env retrieval failed requeued held": "its node could not "
    "start it, and it is held: the cluster's administrators can say why; `scontrol release {job}` "
    "tries again",
    r"JobHeld|Held": "it is held: `scontrol release {job}` lets it go",
    r"Licenses": "a licence that it asks for is in use",
    r"DependencyNeverSatisfied": "a job that it waits for failed",
}
"""Why a job waits that will not start by itself, as a pattern, and what to do about `{job}`."""

LIMITS = re.compile(r"(Assoc|QOS|MaxJobs|MaxNodes|MaxCpu).*")
"""Why a job waits for others of its user or account. It never starts if it alone is over them."""

OVER_LIMITS = (
    "a limit of its account or quality of service keeps it (`sacctmgr show assoc` and `show qos` "
    "list them); it never starts if it alone is over it: set cluster.cores, cluster.mem_mb or "
    "cluster.minutes lower, or choose another account or quality of service"
)


@dataclass(frozen=True)
class Job:
    """A job in the queue.

    Attributes:
        number: Slurm's number.
        state: Its state, such as "PENDING".
        name: Its name.
        partition: Its partition.
        reason: Why it waits, if it does.
    """

    number: str
    state: str
    name: str
    partition: str
    reason: str

    @property
    def remedy(self) -> str:
        """What to do where it does not start by itself; empty: it only waits for its turn."""
        if self.state != WAITING:
            return ""
        for pattern, remedy in REMEDIES.items():
            if re.search(pattern, self.reason):
                return remedy.format(job=self.number)
        return OVER_LIMITS if LIMITS.match(self.reason) else ""


def jobs_of(folder: Path) -> list[Job]:
    """List the jobs of a project in the queue.

    Args:
        folder: The project's folder.

    Returns:
        The user's jobs that wait or run.

    Raises:
        InputError: The cluster does not answer.
    """
    return parse_queue(ask(SQUEUE), job_mark(folder))


def parse_queue(text: str, mark: str) -> list[Job]:
    """Read what `SQUEUE` writes.

    Args:
        text: A line for each job.
        mark: What the names of the project's jobs end with.

    Returns:
        Those jobs.
    """
    rows = (line.strip().split("|", 4) for line in text.splitlines())
    return [Job(*row) for row in rows if len(row) == 5 and row[2].endswith(mark)]


def cancel(jobs: Sequence[Job]) -> None:
    """Cancel jobs.

    Args:
        jobs: The jobs.
    """
    if jobs:
        ask(["scancel", *(job.number for job in jobs)])


class Stuck:
    """Finds the jobs that do not start by themselves."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()
        self._told: set[str] = set()

    def tell(self, jobs: Sequence[Job]) -> list[str]:
        """Tell of jobs that wait for the same reason as before, each reason once.

        Args:
            jobs: The jobs in the queue now.

        Returns:
            A message for each reason.
        """
        now = {(job.number, job.reason): job for job in jobs if job.remedy}
        again = [job for key, job in now.items() if key in self._seen]
        runs = any(job.state == "RUNNING" for job in jobs)
        self._seen = set(now)
        messages = []
        for reason in dict.fromkeys(job.reason for job in again):
            same = [job for job in again if job.reason == reason]
            if reason in self._told or (runs and same[0].remedy == OVER_LIMITS):
                continue
            self._told.add(reason)
            more = f" and {len(same) - 1} more" if len(same) > 1 else ""
            messages.append(
                f"job {same[0].number} ({same[0].name.partition('@')[0]}){more} does not start "
                f"in the partition {same[0].partition}: {reason}: {same[0].remedy}"
            )
        return messages


class Watch:
    """Asks for the jobs of a project from time to time, beside the run.

    Args:
        folder: The project's folder.
        every_s: How often, in seconds.
        ask_jobs: Lists the jobs.
    """

    def __init__(
        self,
        folder: Path,
        every_s: float = EVERY_S,
        ask_jobs: Callable[[Path], list[Job]] = jobs_of,
    ) -> None:
        self._folder, self._every_s, self._ask = folder, every_s, ask_jobs
        self._over, self._stuck = threading.Event(), Stuck()
        self._keeps_waiting = True
        self._messages: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._states: Mapping[str, int] = {}
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Watch":
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """End; a question that is being asked is not waited for."""
        self._over.set()

    def messages(self) -> list[str]:
        """Take what there is to tell.

        Returns:
            The messages since the last call.
        """
        return [self._messages.get() for _ in range(self._messages.qsize())]

    def give_up_waiting(self) -> None:
        """Cancel the jobs that wait, from now on: the run ends with those that run already."""
        self._keeps_waiting = False

    @property
    def states(self) -> Mapping[str, int]:
        """How many jobs are in each state."""
        return self._states

    def _watch(self) -> None:
        while not self._over.wait(self._every_s):
            try:
                jobs = self._ask(self._folder)
                if not self._keeps_waiting:
                    cancel([job for job in jobs if job.state == WAITING])
            except (InputError, OSError, subprocess.SubprocessError):
                continue  # a busy cluster: it is asked again
            self._states = Counter(job.state for job in jobs)
            for message in self._stuck.tell(jobs):
                self._messages.put(message)


def in_words(states: Mapping[str, int]) -> str:
    """Tell how many jobs wait and run.

    Args:
        states: How many are in each state.

    Returns:
        Such as "2 running, 5 waiting"; empty: none.
    """
    names = {"RUNNING": "running", WAITING: "waiting"}
    counts: Iterable[tuple[str, int]] = [(name, states.get(key, 0)) for key, name in names.items()]
    return ", ".join(f"{number} {name}" for name, number in counts if number)
