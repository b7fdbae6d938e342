"""`mouthpiece run --slurm` on a real Slurm, with what can happen to its jobs there.

The runs go on at the same time: most of their time they wait.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mouthpiece.cluster.run_file import folder_mark
from mouthpiece.runs.events import JobFinished, JobStarted, parse
from places import ROOT

from .conftest import Job
from .slurm_cluster import cluster, missing

pytestmark = pytest.mark.e2e

FAST = ("--slurm-init-seconds-before-status-checks", "1")

LIMIT_S = 500.0


@dataclass
class Started:
    """A run of the command on the cluster."""

    folder: Path
    environment: dict[str, str]
    process: "subprocess.Popen[str]"
    began: float = field(default_factory=time.monotonic)

    @property
    def mark(self) -> str:
        return folder_mark(self.folder)

    def queue(self) -> list[list[str]]:
        """Number, name, state and node of each of its jobs, with those that ended, in order."""
        done = subprocess.run(
            ["squeue", "--noheader", "--states=all", "--format=%i %j %T %N"],
            env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        rows = (line.split() for line in done.stdout.splitlines())
        own = [[*row, ""][:4] for row in rows if row[1].endswith(self.mark)]
        return sorted(own, key=lambda row: int(row[0]))

    def wait_for_job(self, name: str, *files: str) -> list[str]:
        """Wait until a job runs and files of its results are there; its row of the queue."""

        def runs() -> list[str] | None:
            row = next(
                (r for r in self.queue() if r[1].startswith(name) and r[2] == "RUNNING"), None
            )
            return row if row and all((self.folder / file).exists() for file in files) else None

        return self.until(runs, f"{name} with {files}")

    def until(self, look: Callable[[], list[Any] | None], what: str) -> list[Any]:
        while time.monotonic() - self.began < LIMIT_S:
            if found := look():
                return found
            assert self.process.poll() is None, f"ended before {what}: {self.output()}"
            time.sleep(0.2)
        raise AssertionError(f"no {what}: {self.queue()}")

    def snakemake_of(self, name: str) -> list[int]:
        """The process that runs the workflow in a job."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes()
                here = (path.parent / "cwd").readlink() == self.folder
            except OSError:
                continue
            if here and f"events/{name}.".encode() in words:
                found.append(int(path.parent.name))
        return found

    def slurm(self, *command: str) -> None:
        subprocess.run(command, env=self.environment, capture_output=True, check=True)

    def output(self) -> str:
        return (self.folder / "output").read_text(encoding="utf-8")

    def end(self) -> "Ended":
        code = self.process.wait(LIMIT_S)
        return Ended(self.folder, code, self.output(), self.queue(), time.monotonic() - self.began)


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    folder: Path
    code: int
    output: str
    queue: list[list[str]]
    seconds: float

    def names(self) -> list[str]:
        return [row[1].partition("@")[0] for row in self.queue]

    def states(self, name: str) -> list[str]:
        return [row[2] for row in self.queue if row[1].startswith(name)]

    def film(self) -> str:
        film = self.folder / "results/v/en/v.en.mp4"
        return hashlib.sha256(film.read_bytes()).hexdigest()

    def jobs_of_cuts(self) -> Counter[str]:
        """How often each job of a cut finished, on all nodes together."""
        found: Counter[str] = Counter()
        for file in (self.folder / "results/.cluster/events").glob("*.jsonl"):
            events = [parse(line) for line in file.read_text("utf-8").splitlines()]
            names = {event.job: event.name for event in events if isinstance(event, JobStarted)}
            done = [names[event.job] for event in events if isinstance(event, JobFinished)]
            found.update(f"{name.rule} {name}" for name in done if name.cut)
        return found


@dataclass(frozen=True)
class Runs:
    """Starts runs on the cluster, each in a copy of the finished job without some results."""

    finished: Job
    folder: Path
    environment: dict[str, str]
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    def start(
        self, name: str, *options: str, without: tuple[str, ...], config: str = ""
    ) -> Started:
        folder = self.finished.copy(self.folder / name).folder
        for pattern in without:
            for path in list(folder.glob(pattern)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        with (folder / "job.yaml").open("a") as file:
            file.write(config)
        command = [sys.executable, "-m", "mouthpiece", "run", "--slurm", "--config", "job.yaml"]
        with (folder / "output").open("w") as output:
            process = subprocess.Popen(
                [*command, *options], cwd=folder, env=self.environment, text=True,
                stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self.started.append(process)
        return Started(folder, self.environment, process)

    def stop(self) -> None:
        """End what a test that failed left."""
        for process in self.started:
            process.kill()

    def short(self) -> Ended:
        """A film from its source, with the profile's own intervals."""
        everything = ("results", "logs", "timings", ".snakemake")
        return self.start("short", "--cores", "2", without=everything).end()

    def parted(self) -> Ended:
        """Two shards: one is cancelled, the other loses Snakemake. Then the film is preempted."""
        run = self.start(
            *("parted", "--cores", "1", "--shard-minutes", "0.1", "--", *FAST),
            without=("results/v/en/*.mp4", "results/v/en/cuts", "results/v/_shared/cuts",
                     "results/v/en/review", "results/v/_shared/faces.tsv"),
        )  # fmt: skip
        shared = "results/v/_shared/cuts/{}/guard.json"
        found = run.until(lambda: run.snakemake_of("v.cuts.2of2"), "Snakemake in a shard")
        os.kill(found[0], signal.SIGKILL)
        number, *_ = run.wait_for_job("v.cuts.1of2", shared.format("000000-000049"))
        run.slurm("scancel", number)
        number, *_, node = run.wait_for_job("v.film.en", "logs/cluster/v.film.en.log")
        urgent = ["sbatch", "--partition=urgent", f"--nodelist={node}", "--exclusive"]
        run.slurm(*urgent, "--output=/dev/null", "--wrap=sleep 1")
        run.until(
            lambda: [r for r in run.queue() if r[0] == number and r[2] == "PENDING"], "requeue"
        )
        run.slurm("scontrol", "update", f"JobId={number}", "StartTime=now")  # not in two minutes
        return run.end()

    def late(self) -> Ended:
        """A job whose Snakemake hangs until its time is over, where no other job preempts it."""
        run = self.start(
            *("late", "--cores", "1", "--partition", "alone", "--", *FAST),
            without=("results/v/en/*.mp4", f"results/v/en/cuts/{GOOD}/score.json"),
            config="cluster: {minutes: 1}\n",
        )
        found = run.until(lambda: run.snakemake_of("v.prepare"), "Snakemake in a job")
        os.kill(found[0], signal.SIGSTOP)
        return run.end()

    def drained(self) -> Ended:
        """A job whose only node is drained, until it is told; then the node comes back."""
        run = self.start(
            *("drained", "--cores", "1", "--partition", "second", "--", *FAST),
            without=("results/v/en/*.mp4",),
        )
        run.slurm("scontrol", "update", "NodeName=n2", "State=DRAIN", "Reason=test")
        run.until(
            lambda: [line for line in run.output().splitlines() if "does not start" in line], "it"
        )
        run.slurm("scontrol", "update", "NodeName=n2", "State=RESUME")
        return run.end()


GOOD = "000000-000049"


@pytest.fixture(scope="module")
def runs(
    finished: Job, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, "Future[Ended]"]]:
    """All runs, under way."""
    if reason := missing():
        pytest.skip(f"{reason}; `mouthpiece run --slurm` is NOT tested")
    folder = tmp_path_factory.mktemp("slurm")
    with ThreadPoolExecutor() as pool, cluster() as known:
        library = {"PYTHONPATH": str(ROOT / "workflow_scripts")}
        found = Runs(finished, folder, os.environ | known | library)
        under_way = (found.short, found.parted, found.late, found.drained)
        try:
            yield {run.__name__: pool.submit(run) for run in under_way}
        finally:
            found.stop()


@pytest.fixture(scope="module")
def film(finished: Job) -> str:
    """The hash of the film that one machine makes."""
    return hashlib.sha256(finished.film().read_bytes()).hexdigest()


def test_a_short_film_is_one_job(runs: dict[str, "Future[Ended]"], film: str) -> None:
    ended = runs["short"].result()
    assert ended.code == 0, ended.output
    assert ended.names() == ["v.prepare"] and ended.film() == film
    assert "To Slurm: 1 video with one job each" in ended.output
    assert (ended.folder / "results/overview.html").exists()


def test_jobs_that_are_cancelled_killed_and_preempted_go_on(
    runs: dict[str, "Future[Ended]"], film: str
) -> None:
    ended = runs["parted"].result()
    assert ended.code == 0, ended.output
    assert ended.film() == film
    assert ended.states("v.cuts.1of2") == ["CANCELLED", "COMPLETED"]
    assert ended.states("v.cuts.2of2")[-1] == "COMPLETED"
    assert ended.states("v.film.en") == ["COMPLETED"]  # the same job again
    counted = ended.jobs_of_cuts()
    assert counted[f"draft v en {GOOD}"] == 1 and set(counted.values()) == {1}


def test_a_job_whose_time_is_over_is_submitted_again(
    runs: dict[str, "Future[Ended]"], film: str
) -> None:
    ended = runs["late"].result()
    assert ended.code == 0, ended.output
    assert ended.film() == film
    assert ended.states("v.prepare") == ["TIMEOUT", "COMPLETED"]
    assert set(ended.jobs_of_cuts().values()) == {1}


def test_a_job_that_cannot_start_is_told(runs: dict[str, "Future[Ended]"], film: str) -> None:
    ended = runs["drained"].result()
    assert ended.code == 0, ended.output
    assert ended.film() == film
    told = re.search(
        r"job \d+ \(v\.prepare\) does not start in the partition second: .*", ended.output
    )
    assert told and "sinfo -R" in told[0]
    assert ended.states("v.prepare") == ["COMPLETED"]


def test_nothing_is_left(runs: dict[str, "Future[Ended]"]) -> None:
    for run in runs.values():
        folder = run.result().folder
        assert not list(folder.rglob(".*.mp-*"))
        assert not (folder / "results/.cluster/token").exists()
