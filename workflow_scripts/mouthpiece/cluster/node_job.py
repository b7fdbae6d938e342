"""What a job of a cluster does on its node: it runs the workflow for its part of the films.

    python -m mouthpiece.cluster.node_job KIND --video VIDEO [--name NAME] --attempt N --output FILE

A job that is started again, after a preemption, a lost node or a time limit, finds what is finished
done. Its events go to a file that the run reads on the submitting machine.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from ..core.cuts import read_boundaries
from ..core.files import read_json, temporary_folder, write_json
from ..core.locks import lock_file
from ..core.loop import read_loop
from ..core.user_folder import private_folder
from ..runs.events import Event, JobFailed, JobName, JobStarted, parse
from ..runs.failures import CHECKS
from ..runs.process import Command
from ..worker.stop import stop
from .part import FOLDER, Part, Stage
from .run_file import ATTEMPTS, ClusterRun, Needs
from .shards import AFTER_GUARDS, ALL, Plan, into_shards, work_s

EVENTS = FOLDER / "events"
"""Where the events of jobs go: a file for each start of the workflow."""

PARTS = FOLDER / "parts"

LOGS = Path("logs/cluster")

LONGEST_FOLDER = 30
"""How long the path of a folder for temporary files may be: that of a socket has 107 bytes."""

GUARD_S = 3600.0
"""How long the job of a film may wait for that of another language to make what both need."""


@dataclass(frozen=True)
class NodeJob:
    """A job on its node.

    Attributes:
        run: The run that it is of.
        kind: What it does; a key of `run_file.VideoWork.needs`.
        video: Its video.
        name: Its shard, or its film; empty: the video's first job.
        attempt: The number of this attempt, from 1.
        attempts: How many it has.
        failures: The rules whose jobs failed.
    """

    run: ClusterRun
    kind: str
    video: str
    name: str = ""
    attempt: int = 1
    attempts: int = 1
    failures: list[str] = field(default_factory=list)

    @property
    def needs(self) -> Needs:
        """What it was given of its node."""
        return self.run.videos[self.video].needs[self.kind]

    @property
    def films(self) -> list[tuple[str, str]]:
        """The films that it works on."""
        named = self.kind == "film" and self.name != ALL
        languages = [self.name] if named else self.run.videos[self.video].languages
        return [(self.video, language) for language in languages]

    @property
    def label(self) -> str:
        """Its name in names of files."""
        return ".".join(filter(None, (self.video, self.kind, self.name)))

    def make(self, stage: Stage, cuts: Sequence[str] = ()) -> bool:
        """Run the workflow for a part of the films.

        Args:
            stage: What is made.
            cuts: Of which cuts; none: of all.

        Returns:
            Whether all of it is made.
        """
        part = self._part(stage, cuts)
        gpu_jobs = self.needs.gpus * self.run.jobs_per_gpu
        limits = (f"mem_mb={self.needs.mem_mb_at(self.attempt)}", f"gpu={gpu_jobs}")
        more = ("--resources", *limits, "--retries", "0")
        code, events = self._snakemake(part, more)
        self.failures.extend(_failed_rules(_read(events)))
        return code == 0

    def jobs_left(self) -> list[JobName]:
        """List the jobs that the video's films still need, as far as they are known.

        Returns:
            The jobs.

        Raises:
            SystemExit: They cannot be told. Another attempt of this job may.
        """
        code, events = self._snakemake(self._part("films", ()), ("--dry-run",), shown=False)
        if code:
            raise SystemExit(
                f"mouthpiece: what is left of {self.video} cannot be told; "
                f"{LOGS / self.label}.log has the reason"
            )
        return [event.name for event in _read(events) if isinstance(event, JobStarted)]

    def languages_left(self) -> list[str]:
        """List the languages whose films are not made.

        Returns:
            The keys of their dubs.
        """
        languages = self.run.videos[self.video].languages
        left = {job.language for job in self.jobs_left() if job.video}
        return [language for language in languages if not left or {language, ""} & left]

    @property
    def is_for_good(self) -> bool:
        """Whether its failures are left as they are: another attempt would not help, or is not due.

        What a user gave wrong is not made good by more memory.
        """
        wrong = self.failures and set(self.failures) <= set(CHECKS)
        return bool(wrong) or self.attempt >= self.attempts

    def _part(self, stage: Stage, cuts: Sequence[str]) -> Part:
        return Part(self.run.token, stage, self.films, list(cuts), self.attempt, self.attempts)

    def _snakemake(self, part: Part, more: Sequence[str], shown: bool = True) -> tuple[int, Path]:
        """Run Snakemake; its exit code, and the file of its events."""
        start = f"{self.label}.{os.getpid()}.{part.stage}{len(list(PARTS.glob('*')))}"
        environment = part.write(PARTS / f"{start}.json")
        events = (EVENTS if shown else PARTS) / f"{start}.jsonl"
        log = LOGS / f"{self.label}.log"
        for file in (events, log):
            file.parent.mkdir(parents=True, exist_ok=True)
        configs = [*map(Path, self.run.configs)]
        command = Command(Path(), configs, str(self.needs.cores), extra=("part", *more))
        with log.open("ab") as output, _stopping() as begun:
            process = subprocess.Popen(
                command.arguments(str(events)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | environment,
            )
            begun(process)
            code = process.wait()
        return code, events


def prepare(job: NodeJob) -> Plan:
    """Do the first job of a video: all that comes before its cuts; of a short one, everything.

    Args:
        job: The job.

    Returns:
        What is left to do.
    """
    work = job.run.videos[job.video]
    if work.is_short:
        return _whole(job)
    is_ready = job.make("before")
    boundaries = Path("results", job.video, "_shared", "boundaries.tsv")
    if not is_ready and not (job.is_for_good and boundaries.is_file()):
        return Plan(failed=work.languages)  # while one bad dub does not stop the others
    jobs = job.jobs_left()
    if {AFTER_GUARDS} == {one.rule for one in jobs if one.rule in ("guard", AFTER_GUARDS)}:
        job.make("shared")  # all guards are there
        jobs = job.jobs_left()
    found = [cut.cut for cut in read_boundaries(boundaries)]
    left = work_s(jobs, found, _looped(job.video, work.languages), work, _frame_s(job.video))
    needed = work.needs["cuts"]
    can_draw = needed.gpus <= job.needs.gpus and needed.mem_mb_at(1) <= job.needs.mem_mb_at(1)
    if sum(left.values()) <= job.run.shard_s and can_draw:
        return _whole(job)
    films = [ALL] if job.run.is_together else list(work.languages)
    return Plan(into_shards(left, job.run.shard_s), films)


def _whole(job: NodeJob) -> Plan:
    """Make all of a video that is left."""
    return Plan() if job.make("films") else Plan(failed=job.languages_left())


def cuts(job: NodeJob) -> bool:
    """Do a shard: the guards of its cuts, then what is drawn on them.

    Args:
        job: The job.

    Returns:
        Whether all of it is made.
    """
    own = Plan.read(plan_file(job.video)).cuts_of(job.name)
    made = job.make("guards", own)
    return job.make("cuts", own) and made


def film(job: NodeJob) -> bool:
    """Make the film of a language, of cuts that are made.

    Args:
        job: The job.

    Returns:
        Whether it is made.
    """
    # What all languages need is made by the first one that comes to it.
    with lock_file(FOLDER / f"{job.video}.lock", limit_s=GUARD_S):
        job.make("shared")
    return job.make("films")


def plan_file(video: str) -> Path:
    """Find the plan of a video.

    Args:
        video: The video.

    Returns:
        The file.
    """
    return FOLDER / "plans" / f"{video}.json"


def _looped(video: str, languages: Sequence[str]) -> dict[str, dict[str, str]]:
    """The cuts of films that loop a video, by language, with the video's cuts that they show."""
    tables = {name: Path("results", video, name, "loop.tsv") for name in languages}
    return {
        name: {piece.cut.cut: piece.source_cut.cut for piece in read_loop(table)}
        for name, table in tables.items()
        if table.is_file()
    }


def _frame_s(video: str) -> float:
    """How long a frame of a video is shown."""
    facts = read_json(Path("results", video, "_shared", "source.json"))
    return float(1 / Fraction(facts["rate"]))


def _read(events: Path) -> list[Event]:
    lines = events.read_text("utf-8").splitlines() if events.exists() else []
    return [found for line in lines if (found := parse(line))]


def _failed_rules(events: Sequence[Event]) -> list[str]:
    """The rules of the jobs that failed."""
    rules = {event.job: event.name.rule for event in events if isinstance(event, JobStarted)}
    return [rules.get(event.job, "") for event in events if isinstance(event, JobFailed)]


@contextlib.contextmanager
def _stopping() -> Iterator[Callable[["subprocess.Popen[bytes]"], None]]:
    """Stop Snakemake when this job is to end, and end with it; Slurm kills what is left later.

    Yields:
        What takes Snakemake's process once it has begun: a signal may come before.

    Raises:
        SystemExit: This job is to end: nothing else is begun.
    """
    came: list[int] = []
    at_work: list[subprocess.Popen[bytes]] = []

    def stop(number: int, _frame: object) -> None:
        came.append(number)
        for process in at_work:
            process.send_signal(signal.SIGINT)

    def begun(process: "subprocess.Popen[bytes]") -> None:
        at_work.append(process)
        if came:
            process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield begun
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise SystemExit(128 + came[0])


def run(arguments: Sequence[str] | None = None) -> int:
    """Do a job.

    Args:
        arguments: What follows the module on the command line; default: `sys.argv`.

    Returns:
        The exit code: 0 also where its part failed for good, so that the jobs after it come to it
        and other films are made.
    """
    parser = argparse.ArgumentParser(prog="mouthpiece.cluster.node_job")
    parser.add_argument("kind", choices=("prepare", "cuts", "film"))
    parser.add_argument("--video", required=True)
    parser.add_argument("--name", default="")
    parser.add_argument("--attempt", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True)
    named = parser.parse_args(arguments)
    attempts = int(ATTEMPTS.read_text(encoding="utf-8"))
    found = ClusterRun.read()
    job = NodeJob(found, named.kind, named.video, named.name, named.attempt, attempts)
    with _own_workers():
        if job.kind == "prepare":
            plan = prepare(job)
            made = not plan.failed
            if made or job.is_for_good:
                plan.write(named.output)
        else:
            made = {"cuts": cuts, "film": film}[job.kind](job)
            if made or job.is_for_good:
                write_json(named.output, {"made": made})
    return 0 if made or job.is_for_good else 1


@contextlib.contextmanager
def _own_workers() -> Iterator[None]:
    """Keep this job's workers apart from those of other jobs on the node, and end them with it."""
    system = tempfile.gettempdir()
    place = Path(system if len(system) <= LONGEST_FOLDER else "/tmp")
    with temporary_folder(place / "mp") as folder:
        os.environ["XDG_RUNTIME_DIR"] = str(folder)
        try:
            yield
        finally:
            stop(private_folder())


if __name__ == "__main__":
    sys.exit(run())
