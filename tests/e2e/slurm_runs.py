"""Runs of `mouthpiece run --slurm`: how they start, what their jobs do, and how they end."""

import contextlib
import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from mouthpiece.cluster.run_file import job_mark
from mouthpiece.core.processes import is_stopped
from mouthpiece.runs.event_files import read_events, runs
from mouthpiece.runs.events import JobFinished, JobStarted, parse
from places import ROOT

from .conftest import Job

FAST = ("--slurm-init-seconds-before-status-checks", "1")

EVENTS = "results/.cluster/events"

T = TypeVar("T")

LIMIT_S = 900.0


def hash_of(job: Job, language: str = "en") -> str:
    """The hash of a film."""
    return hashlib.sha256(job.film(language).read_bytes()).hexdigest()


class Queued(NamedTuple):
    """A job in the queue, as Slurm lists it."""

    number: str
    name: str
    state: str
    partition: str
    node: str
    account: str
    reservation: str
    comment: str
    mem: str


def is_in_a_job(worker: int) -> bool:
    """Whether a worker that is stopped has not finished its job.

    Until then it has a pair of sockets, besides those of the pool and of its client: see `_watched`
    of `worker.session`.
    """
    links = [path.readlink() for path in Path(f"/proc/{worker}/fd").iterdir()]
    return sum(link.name.startswith("socket:") for link in links) > 2


@dataclass
class Started:
    """A run of the command on the cluster."""

    folder: Path
    environment: dict[str, str]
    process: "subprocess.Popen[str]"
    began: float = field(default_factory=time.monotonic)

    @property
    def mark(self) -> str:
        return job_mark(self.folder)

    def queue(self) -> list[Queued]:
        """Its jobs, with those that ended, in order."""
        done = subprocess.run(
            ["squeue", "--noheader", "--states=all", "--format=%i|%j|%T|%P|%N|%a|%v|%k|%m"],
            env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        rows = (Queued(*line.split("|")) for line in done.stdout.splitlines())
        return sorted((r for r in rows if r.name.endswith(self.mark)), key=lambda r: int(r.number))

    def wait_for_job(self, name: str, *files: str) -> Queued:
        """Wait until a job runs and files of its results are there."""

        def runs() -> list[Queued]:
            found = [r for r in self.queue() if r.name.startswith(name) and r.state == "RUNNING"]
            return found if all((self.folder / file).exists() for file in files) else []

        return self.until(runs, f"{name} with {files}")[0]

    @contextlib.contextmanager
    def held(self, name: str, *files: str) -> Iterator[Queued]:
        """Stop the Snakemake of a job once files of its results are there: it cannot end by itself.

        It goes on at the end, if it was not ended.
        """

        def stopped() -> list[int]:
            if not all((self.folder / file).exists() for file in files):
                return []
            found = self.snakemake_of(name)
            for number in found:
                os.kill(number, signal.SIGSTOP)
            return found

        numbers = self.until(stopped, f"Snakemake of {name} with {files}")
        try:
            yield self.wait_for_job(name)
        finally:
            for number in numbers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGCONT)

    def until(self, look: Callable[[], list[T]], what: str) -> list[T]:
        """Wait until something is found."""
        while time.monotonic() - self.began < LIMIT_S:
            if found := look():
                return found
            assert self.process.poll() is None, f"ended before {what}: {self.output()}"
            time.sleep(0.2)
        raise AssertionError(f"no {what}: {self.queue()}")

    def wait_for_line(self, text: str) -> None:
        """Wait until it has told something."""
        self.until(lambda: [line for line in self.output().splitlines() if text in line], text)

    def processes(self, *words: str, anywhere: bool = False) -> list[int]:
        """The processes at work in its folder whose command has these words, one after another."""
        found, sought = [], "\0".join(words).encode()
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                command = path.read_bytes()
                here = anywhere or (path.parent / "cwd").readlink() == self.folder
            except OSError:
                continue
            if here and sought in command:
                found.append(int(path.parent.name))
        return found

    def snakemake_of(self, name: str) -> list[int]:
        """The process that runs the workflow in a job."""
        return self.processes(f"{EVENTS}/{name}.")

    def workers(self, anywhere: bool = False) -> list[int]:
        """The workers that do a job of it; or all, with their pools."""
        return self.processes("-m", "mouthpiece.worker", "{", anywhere=anywhere)

    def stopped_worker(self, but: Collection[int]) -> list[tuple[int, int]]:
        """A worker that does a job of it, stopped in that, and its pool; of no pool of some."""
        for number in self.workers():
            with contextlib.suppress(OSError):  # it has just ended
                stat = Path(f"/proc/{number}/stat").read_text()
                pool = int(stat.rpartition(") ")[2].split()[1])
                if pool in but:
                    continue
                os.kill(number, signal.SIGSTOP)
                while number in self.workers() and not is_stopped(number):
                    time.sleep(0.01)
                if number in self.workers() and is_in_a_job(number):
                    return [(number, pool)]
                os.kill(number, signal.SIGCONT)
        return []

    def slurm(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=True
        ).stdout

    def output(self) -> str:
        return (self.folder / "output").read_text(encoding="utf-8")

    def end(self) -> "Ended":
        try:
            code = self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            nodes = self.slurm("sinfo", "--Node", "--long")
            raise AssertionError(f"no end: {self.queue()}\n{nodes}\n{self.output()}") from None
        return Ended(self.folder, code, self.output(), self.queue(), time.monotonic() - self.began)


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    folder: Path
    code: int
    output: str
    queue: list[Queued]
    seconds: float

    def names(self) -> list[str]:
        return [row.name.partition("@")[0] for row in self.queue]

    def states(self, name: str) -> list[str]:
        return [row.state for row in self.queue if row.name.startswith(name)]

    def attempts(self, name: str) -> set[int]:
        """The numbers of the attempts that a job had."""
        files = self.folder.glob(f"results/.cluster/parts/{name}.*.json")
        return {json.loads(file.read_text("utf-8"))["attempt"] for file in files}

    def events(self) -> list[dict[str, Any]]:
        """What the command recorded of its last run."""
        folder = self.folder / "logs" / "events"
        return read_events(folder, runs(folder)[-1])

    def film(self, language: str = "en") -> str:
        return hash_of(Job(self.folder), language)

    def jobs_of_cuts(self) -> Counter[str]:
        """How often each job of a cut finished, on all nodes together."""
        found: Counter[str] = Counter()
        for file in [*self.folder.glob(f"{EVENTS}/*.jsonl"), *self.folder.glob("before/*.jsonl")]:
            events = [parse(line) for line in file.read_text("utf-8").splitlines()]
            names = {event.job: event.name for event in events if isinstance(event, JobStarted)}
            done = [names[event.job] for event in events if isinstance(event, JobFinished)]
            found.update(f"{name.rule} {name}" for name in done if name.cut)
        return found


@dataclass(frozen=True)
class Launcher:
    """Starts runs on the cluster, each in a copy of the finished job without some results."""

    finished: Job
    folder: Path
    environment: dict[str, str]
    started: list["subprocess.Popen[str]"]

    def lay_out(
        self, name: str, without: Sequence[str], config: str = "", of: Job | None = None
    ) -> Path:
        """A copy of a job, without some of its results, and with more config."""
        folder = (of or self.finished).copy(self.folder / name).folder
        for pattern in without:
            for path in list(folder.glob(pattern)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        with (folder / "job.yaml").open("a") as file:
            file.write(config)
        shutil.move(folder / "job.yaml", folder / "config.yaml")
        return folder

    def start(self, folder: Path, *options: str) -> Started:
        words = ["mouthpiece", "run", "--slurm", "--cores", "1", *options, "--", *FAST]
        return self.start_as_written(folder, shlex.join(words))

    def start_as_written(self, folder: Path, command: str) -> Started:
        """Start a command as a user types it, in a shell."""
        with (folder / "output").open("w") as output:
            process = subprocess.Popen(
                ["sh", "-c", f"exec {command}"], cwd=folder, env=self.environment, text=True,
                stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self.started.append(process)
        return Started(folder, self.environment, process)

    def stop(self) -> None:
        """End what a test that failed left."""
        for process in self.started:
            process.kill()


def own_profile(folder: Path, more: str) -> None:
    """Copy the profile into a project's folder, with more in it, as the page says."""
    own = folder / "profiles" / "slurm"
    shutil.copytree(ROOT / "profiles" / "slurm", own)
    lines = (own / "config.yaml").read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(more.partition(":")[0])]
    (own / "config.yaml").write_text("".join([*kept, more]))
