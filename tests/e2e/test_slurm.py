"""`mouthpiece run --slurm` on a real Slurm, with what can happen to its jobs there.

The runs go on at the same time: most of their time they wait.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from mouthpiece.cluster.outer import SNAKEFILE
from mouthpiece.media.ffmpeg import ffmpeg
from places import ROOT

from .conftest import Job
from .slurm_cluster import cluster, missing
from .slurm_runs import EVENTS, Ended, Launcher, hash_of, own_profile
from .test_made_dub import made_film  # noqa: F401

pytestmark = pytest.mark.e2e

PAGE = (ROOT / "docs" / "slurm.md").read_text(encoding="utf-8")

TYPED = re.findall(
    r"^ {4}((?:mouthpiece|squeue) .+)$|`(mouthpiece run [^`]*slurm[^`]*)`", PAGE, re.M
)
"""The commands of the page: blocks of them, and those in its text."""

COMMANDS = [*dict.fromkeys(filter(re.compile("mouthpiece").match, map("".join, TYPED)))]

QUESTIONS = [text for text in map("".join, TYPED) if text.startswith("squeue")]

RESOURCES = "".join(re.findall(r"`(set-resources: .*?)`", PAGE)) + "\n"

GOOD = "000000-000049"

GUARD = f"results/v/_shared/cuts/{GOOD}/guard.json"

EVERYTHING = ("results", "logs", "timings", ".snakemake")

FILM = ("results/v/en/*.mp4",)

CUTS = (
    *(*FILM, "results/v/en/cuts", "results/v/_shared/cuts", "results/v/en/review"),
    "results/v/_shared/faces.tsv",
)
"""What is made of cuts, and of that."""


@dataclass(frozen=True)
class Runs(Launcher):
    """What happens to each run."""

    mixed_films: Job
    models: Path

    def short(self) -> Ended:
        """A film from its source, with the page's first command and the profile's own intervals."""
        return self.start_as_written(self.lay_out("short", EVERYTHING), COMMANDS[0]).end()

    def documented(self) -> Ended:
        """The other commands of the page, each of which has a film to make."""
        folder = self.lay_out("documented", FILM)
        own_profile(folder, "slurm-init-seconds-before-status-checks: 1\n")
        for command in COMMANDS[1:]:
            (folder / "results/v/en/v.en.mp4").unlink(missing_ok=True)
            run = self.start_as_written(folder, command)
            with run.held("v.prepare"):
                for asked in QUESTIONS:
                    listed = run.slurm("sh", "-c", asked)
                    assert f"v.prepare{run.mark}" in listed and "RUNNING" in listed
            ended = run.end()
            assert ended.code == 0, ended.output
        return ended

    def parted(self) -> Ended:
        """Two shards: one is cancelled, the other loses Snakemake. Then the film is preempted."""
        folder = self.lay_out("parted", CUTS)
        own_profile(folder, RESOURCES)
        run = self.start(folder, "--shard-minutes", "0.1")

        def cancel() -> None:
            with run.held("v.cuts.1of2", GUARD) as shard:
                run.slurm("scancel", shard.number)

        def kill() -> None:
            found = run.until(lambda: run.snakemake_of("v.cuts.2of2"), "Snakemake in a shard")
            os.kill(found[0], signal.SIGKILL)

        with ThreadPoolExecutor() as both:  # the second may start after the first has ended
            list(both.map(lambda act: act(), (cancel, kill)))
        with run.held("v.film.en", "logs/cluster/v.film.en.log") as film:
            urgent = ["sbatch", "--partition=urgent", f"--nodelist={film.node}", "--exclusive"]
            run.slurm(*urgent, "--output=/dev/null", "--wrap=sleep 1")
            run.until(
                lambda: [
                    r for r in run.queue() if r.number == film.number and r.state == "PENDING"
                ],
                "requeue",
            )
        now = f"JobId={film.number}", "StartTime=now"  # and not in two minutes
        run.slurm("scontrol", "update", *now)
        return run.end()

    def late(self) -> Ended:
        """A job whose Snakemake hangs until its time is over, where no other job preempts it.

        Its second attempt has all the time that it needs, however busy this machine is.
        """
        without = (*FILM, f"results/v/en/cuts/{GOOD}/score.json")
        folder = self.lay_out("late", without, "cluster: {minutes: 1}\n")
        run = self.start(folder, "--partition", "alone")
        found = run.until(lambda: run.snakemake_of("v.prepare"), "Snakemake in a job")
        os.kill(found[0], signal.SIGSTOP)
        (again,) = run.until(lambda: run.queue()[1:], "a second attempt")
        run.slurm("scontrol", "update", f"JobId={again.number}", "TimeLimit=30")
        return run.end()

    def drained(self) -> Ended:
        """A job whose only node is drained, until it is told; then the node comes back."""
        drain = "scontrol update NodeName=n2 State=DRAIN Reason=test"
        subprocess.run(drain.split(), env=self.environment, check=True)
        run = self.start(self.lay_out("drained", FILM), "--partition", "second")
        run.wait_for_line("does not start")
        run.slurm("scontrol", "update", "NodeName=n2", "State=RESUME")
        return run.end()

    def lost(self) -> Ended:
        """A job whose node is taken down while it draws, and comes back."""
        run = self.start(self.lay_out("lost", CUTS), "--partition", "lost")
        with run.held("v.prepare", GUARD) as job:
            run.slurm("scontrol", "update", "NodeName=n7", "State=DOWN", "Reason=test")
            run.until(lambda: [row for row in run.queue() if row.state == "PENDING"], "requeue")
        step = f"slurmstepd: [{job.number}."
        run.until(lambda: [()] * (not run.processes(step, anywhere=True)), "end of what it began")
        back = (
            ("update", "NodeName=n7", "State=RESUME"),
            ("release", job.number),
            ("update", f"JobId={job.number}", "StartTime=now"),
        )

        def started() -> list[Path]:
            """What it writes again.

            A node that still clears up refuses the job: Slurm holds that, and drains the node.
            """
            if [row.state for row in run.queue()] == ["PENDING"]:
                for words in back:
                    with contextlib.suppress(subprocess.CalledProcessError):  # it needs no such
                        run.slurm("scontrol", *words)
            return sorted(run.folder.glob(f"{EVENTS}/*.jsonl"))[1:]

        run.until(started, "a second start")
        return run.end()

    def killed(self) -> Ended:
        """A job that is killed; then, at its second attempt, its worker and the pool of that.

        It may start in either of two partitions, none of which another one preempts.
        """
        run = self.start(self.lay_out("killed", CUTS), "--partition", "alone,gpu")
        with run.held("v.prepare", GUARD):
            earlier = run.workers(anywhere=True)
            (job,) = run.processes("-m", "mouthpiece.cluster.node_job")[:1]
            for number in (job, *run.snakemake_of("v.prepare")):  # as where a node kills it whole
                os.kill(number, signal.SIGKILL)
        run.until(lambda: run.queue()[1:], "a second attempt")
        run.wait_for_job("v.prepare")
        (at_work,) = run.until(lambda: run.stopped_worker(earlier), "a worker")
        for number in at_work:
            os.kill(number, signal.SIGKILL)
        return run.end()

    def outlived(self) -> Ended:
        """A command that is killed with its Snakemake, whose job is left; then it starts again."""
        run = self.start(self.lay_out("outlived", CUTS), "--partition", "alone")
        with run.held("v.prepare", GUARD):
            # A program that it is about to start has its words, too, and a later number.
            outer = min(run.processes(str(SNAKEFILE), "--logger", "mouthpiece"))
            for number in (run.process.pid, outer):
                os.kill(number, signal.SIGKILL)
            (run.folder / "before").mkdir()
            for file in run.folder.glob(f"{EVENTS}/*.jsonl"):  # which the job may go on writing
                (run.folder / "before" / file.name).hardlink_to(file)
            return self.start(run.folder, "--partition", "alone").end()

    def mixed(self) -> Ended:
        """A dub that is made and one that loops the film, in shards; one partition is too brief."""
        folder = self.lay_out("mixed", EVERYTHING, of=self.mixed_films)
        return self.start(folder, "--shard-minutes", "0.1", "--partition", "brief,alone").end()

    def tiered(self) -> Ended:
        """A finished film of which a cut was approved: its final is drawn by a job of its own."""
        engine = f"latentsync: {{models: {self.models}, device: cpu, steps: 2}}"
        config = f"final: {{engine: latentsync, max_drop: 1}}\nengines: {{{engine}}}\n"
        folder = self.lay_out("tiered", (), config)
        draft = Job(folder).cuts()[0]["draft"]
        columns = "video\tlanguage\tcut\tdecision\tdraft"
        Job(folder).write("decisions.tsv", columns, f"v\ten\t{GOOD}\tapprove\t{draft}")
        return self.start(folder, "--partition", "alone").end()

    def given_up(self) -> Ended:
        """A job that waits for tomorrow, until SIGTERM ends the command."""
        config = "cluster: {partition: alone, reservation: tomorrow, account: film, comment: a b}\n"
        folder = self.lay_out("given_up", FILM, config)
        own = "ReservationName=tomorrow Users=root StartTime=now+1days Duration=60 Nodes=n5"
        subprocess.run(["scontrol", "create", *own.split()], env=self.environment, check=True)
        run = self.start(folder)
        run.wait_for_line("does not start")
        run.process.terminate()
        return run.end()


@pytest.fixture(scope="module")
def on_slurm() -> None:
    """Skip where there is none."""
    if reason := missing():
        pytest.skip(f"{reason}; `mouthpiece run --slurm` is NOT tested")


@pytest.fixture(scope="module")
def mixed_films(
    on_slurm: None, made: Job, media: Path, tmp_path_factory: pytest.TempPathFactory
) -> Job:
    """A film with a dub that is made and one that loops it, as one machine makes them."""
    job = made.copy(tmp_path_factory.mktemp("mixed") / "job")
    ffmpeg(["-i", str(media / "dub.en.wav"), "-t", "6.4", str(job.folder / "anna.wav")])
    columns = "video\tlanguage\tdub\taudio\tlength_policy"
    job.write("dubs.tsv", columns, "v\tpt-BR\t\t\t", "v\ten\tanna\tanna.wav\tloop")
    done = job.run()
    assert done.code == 0, done.output
    return job


@pytest.fixture(scope="module")
def runs(
    finished: Job,
    mixed_films: Job,
    seeded_latentsync: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, "Future[Ended]"]]:
    """All runs, under way."""
    folder = tmp_path_factory.mktemp("slurm")
    with ThreadPoolExecutor(16) as pool, cluster() as known:
        library = {"PYTHONPATH": str(ROOT / "workflow_scripts")}
        known["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), known["PATH"]])
        found = Runs(
            finished, folder, os.environ | known | library, [], mixed_films, seeded_latentsync
        )
        under_way = (found.short, found.documented, found.parted, found.late, found.drained)
        under_way += (found.killed, found.outlived, found.mixed, found.tiered)
        under_way += (found.given_up, found.lost)
        try:
            yield {run.__name__: pool.submit(run) for run in under_way}
        finally:
            found.stop()


@pytest.fixture(scope="module")
def film(finished: Job) -> str:
    """The hash of the film that one machine makes."""
    return hash_of(finished)


def test_a_short_film_is_one_job(runs: dict[str, "Future[Ended]"], film: str) -> None:
    ended = runs["short"].result()
    assert ended.code == 0, ended.output
    assert ended.names() == ["v.prepare"] and ended.film() == film
    assert "To Slurm: 1 video with one job each" in ended.output
    assert COMMANDS[0] == "mouthpiece run --slurm"
    assert (ended.folder / "results/overview.html").exists()


def test_the_commands_of_the_page_work_as_they_are_written(
    runs: dict[str, "Future[Ended]"], film: str
) -> None:
    ended = runs["documented"].result()
    assert len(COMMANDS) > 3 and len(QUESTIONS) == 1
    assert len(ended.queue) == len(COMMANDS) - 1 and ended.film() == film
    assert {row.account for row in ended.queue if row.account != "(null)"} == {"film"}


def test_jobs_that_are_cancelled_killed_and_preempted_go_on(
    runs: dict[str, "Future[Ended]"], film: str
) -> None:
    ended = runs["parted"].result()
    assert ended.code == 0, ended.output
    assert ended.film() == film
    assert ended.states("v.cuts.1of2") == ["CANCELLED", "COMPLETED"]
    assert ended.states("v.cuts.2of2")[-1] == "COMPLETED"
    assert ended.states("v.film.en") == ["COMPLETED"]  # the same job again
    memory = {row.mem for row in ended.queue if row.name.startswith("v.cuts")}
    assert memory == {"8000M"}, "set-resources of the profile"
    shards = ended.attempts("v.cuts.1of2"), ended.attempts("v.cuts.2of2")
    assert shards == ({1, 2}, {1, 2}) and ended.attempts("v.film.en") == {1}  # each its own
    told = [e for e in ended.events() if e["event"] == "job_began" and "shard" in e]
    assert sorted((e["shard"], e["attempt"]) for e in told) == [
        (shard, attempt) for shard in ("1of2", "2of2") for attempt in (1, 2)
    ]
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
    told = re.search(r"job \d+ \(v\.prepare\) does not start in .* second: .*", ended.output)
    assert told and "sinfo -R" in told[0]
    assert ended.states("v.prepare") == ["COMPLETED"] and not ended.jobs_of_cuts()


def test_a_job_whose_node_is_lost_goes_on(runs: dict[str, "Future[Ended]"], film: str) -> None:
    ended = runs["lost"].result()
    assert ended.code == 0, ended.output
    assert ended.film() == film
    assert ended.states("v.prepare") == ["COMPLETED"]
    assert set(ended.jobs_of_cuts().values()) == {1}


def test_a_job_that_is_killed_and_one_whose_workers_are_go_on(
    runs: dict[str, "Future[Ended]"], film: str
) -> None:
    ended = runs["killed"].result()
    assert ended.code == 0, ended.output
    assert ended.film() == film
    assert ended.states("v.prepare") == ["FAILED", "FAILED", "COMPLETED"]
    assert {row.partition for row in ended.queue} <= {"alone", "gpu"}
    assert list((ended.folder / ".snakemake/slurm_logs").rglob("*.log"))
    assert set(ended.jobs_of_cuts().values()) == {1}


def test_a_run_goes_on_after_command_and_snakemake_were_killed(
    runs: dict[str, "Future[Ended]"], film: str
) -> None:
    ended = runs["outlived"].result()
    assert ended.code == 0, ended.output
    assert ended.film() == film
    assert "cancelled 1 Slurm job that an earlier run left" in ended.output
    assert ended.states("v.prepare") == ["CANCELLED", "COMPLETED"]
    assert set(ended.jobs_of_cuts().values()) == {1}


def test_dubs_that_are_made_and_that_loop_the_film_are_made_in_shards(
    runs: dict[str, "Future[Ended]"], mixed_films: Job
) -> None:
    ended = runs["mixed"].result()
    assert ended.code == 0, ended.output
    for language in ("pt-BR", "en_anna"):
        assert ended.film(language) == hash_of(mixed_films, language)
    shards = {"v.cuts.1of2", "v.cuts.2of2"}
    assert {*ended.names()} == {"v.prepare", *shards, "v.film.pt-BR", "v.film.en_anna"}
    assert {row.partition for row in ended.queue} == {"alone"}  # and not the one that is too brief
    assert set(ended.jobs_of_cuts().values()) == {1}


def test_a_final_of_an_approved_cut_is_drawn_by_a_job(runs: dict[str, "Future[Ended]"]) -> None:
    ended = runs["tiered"].result()
    assert ended.code == 0, ended.output
    shards = [name for name in ended.names() if name.startswith("v.cuts.")]
    assert shards and "v.film.en" in ended.names(), "too long for one job on a CPU"
    memory = {row.mem for row in ended.queue if row.name.startswith("v.cuts.")}
    assert memory == {"13000M"}, "what the final engine needs"
    done = {name.partition(" ")[0] for name in ended.jobs_of_cuts()}
    assert {"bake_final", "draft_final", "score_final", "final"} <= done
    assert not {"bake", "draft", "score"} & done, "the drafts were there"
    good, cat = Job(ended.folder).cuts()
    assert good["final"].endswith("latentsync"), "with random weights it may be worse"
    assert good["final_confidence"] and (good["final_fault"], cat["final"]) == ("", "")


def test_sigterm_ends_a_run_whose_job_cannot_start(runs: dict[str, "Future[Ended]"]) -> None:
    ended = runs["given_up"].result()
    assert ended.code != 0
    assert re.search(r"alone: Reservation: its reservation .* not yet begun", ended.output)
    assert ended.states("v.prepare") == ["CANCELLED"]


def test_what_accounting_asks_for_is_in_the_queue(runs: dict[str, "Future[Ended]"]) -> None:
    (job,) = runs["given_up"].result().queue
    assert (job.account, job.reservation, job.comment) == ("film", "tomorrow", "a b")


def test_nothing_is_left(runs: dict[str, "Future[Ended]"]) -> None:
    for run in runs.values():
        folder = run.result().folder
        assert not list(folder.rglob(".*.mp-*"))
        assert not (folder / "results/.cluster/token").exists()
