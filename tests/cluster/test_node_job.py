"""What a job does on its node: which parts it makes, and when it gives up."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mouthpiece.cluster.node_job import NodeJob, cuts, film, plan_file, prepare
from mouthpiece.cluster.outer import as_job_of_slurm, jobs_of_slurm
from mouthpiece.cluster.part import Part, Stage
from mouthpiece.cluster.run_file import ClusterRun, Needs, VideoWork
from mouthpiece.cluster.shards import ALL, Plan
from mouthpiece.core.cuts import Cut, write_boundaries
from mouthpiece.core.files import write_json
from mouthpiece.runs.events import Event, JobName, JobStarted
from mouthpiece.runs.process import Command

CUTS = [Cut.of(100 * number, 100) for number in range(4)]

GUARDS = [JobName("guard", "v", "", cut.cut) for cut in CUTS] + [JobName("faces", "v")]


@dataclass(frozen=True)
class Faked(NodeJob):
    """A job that runs no workflow."""

    left: Sequence[JobName] = ()
    failing: Sequence[str] = ()
    made: list[str] = field(default_factory=list)

    def make(self, stage: Stage, cuts: Sequence[str] = ()) -> bool:
        self.made.append(" ".join([stage, *cuts]))
        if stage in self.failing:
            self.failures.append("dub")
        return stage not in self.failing

    def jobs_left(self) -> list[JobName]:
        return list(self.left)


def run(is_short: bool = False, gpus: int = 0, mem_mb: int = 4000, **more: object) -> ClusterRun:
    needs = {"prepare": Needs(2, 4000, 30), "cuts": Needs(2, mem_mb, 30, gpus)}
    video = VideoWork(["de", "fr"], is_short, 2.0, 3.0, needs)
    return ClusterRun("t", videos={"v": video}, shard_s=64.0, **more)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder with the first results of a video: four cuts of four seconds."""
    monkeypatch.chdir(tmp_path)
    shared = tmp_path / "results" / "v" / "_shared"
    shared.mkdir(parents=True)
    (tmp_path / "results" / ".cluster").mkdir()
    write_boundaries(CUTS, shared / "boundaries.tsv")
    write_json(shared / "source.json", {"rate": "25"})
    return tmp_path


def test_a_short_film_is_made_at_once() -> None:
    job = Faked(run(is_short=True), "prepare", "v")
    assert prepare(job) == Plan() and job.made == ["films"]


def test_a_long_one_is_parted() -> None:
    job = Faked(run(), "prepare", "v", left=GUARDS)
    plan = prepare(job)
    assert job.made == ["before"]
    assert plan.shards == [[cut.cut for cut in CUTS[:2]], [cut.cut for cut in CUTS[2:]]]
    assert plan.films == ["de", "fr"] and not plan.failed
    assert prepare(Faked(run(is_together=True), "prepare", "v", left=GUARDS)).films == [ALL]


def test_what_is_little_is_made_at_once_where_the_node_can() -> None:
    left = [JobName("draft", "v", "de", CUTS[0].cut)]
    job = Faked(run(), "prepare", "v", left=left)
    assert prepare(job) == Plan() and job.made == ["before", "films"]
    for larger in (run(gpus=1), run(mem_mb=8000)):
        assert prepare(Faked(larger, "prepare", "v", left=left)).shards == [[CUTS[0].cut]]


def test_the_table_of_faces_is_made_where_all_guards_are_there() -> None:
    job = Faked(run(), "prepare", "v", left=[JobName("faces", "v")])
    assert len(prepare(job).shards) == 2 and job.made == ["before", "shared"]


def test_what_a_user_gave_wrong_is_not_tried_again(folder: Path) -> None:
    job = Faked(run(), "prepare", "v", attempts=3, left=GUARDS, failing=["before"])
    assert prepare(job).shards and job.is_for_good  # a bad dub: the other films are made
    (folder / "results/v/_shared/boundaries.tsv").unlink()
    assert prepare(job) == Plan(failed=["de", "fr"])
    other = Faked(run(), "cuts", "v", attempts=3, failures=["draft", "dub"])
    assert not other.is_for_good
    assert Faked(run(), "cuts", "v", attempt=3, attempts=3, failures=["draft"]).is_for_good


def test_a_short_film_tells_which_languages_are_left() -> None:
    left = [JobName("film", "v", "fr")]
    job = Faked(run(is_short=True), "prepare", "v", left=left, failing=["films"])
    assert prepare(job) == Plan(failed=["fr"])


def test_a_shard_makes_its_guards_first_and_all_that_it_can() -> None:
    own = [cut.cut for cut in CUTS[2:]]
    Plan([[CUTS[0].cut], own], ["de"]).write(plan_file("v"))
    job = Faked(run(), "cuts", "v", "2of2", failing=["guards"])
    assert not cuts(job)
    assert job.made == [f"guards {' '.join(own)}", f"cuts {' '.join(own)}"]


def test_a_film_makes_what_languages_share_before_its_own() -> None:
    job = Faked(run(), "film", "v", "fr")
    assert film(job) and job.made == ["shared", "films"]
    assert job.films == [("v", "fr")]
    assert Faked(run(), "film", "v", ALL).films == [("v", "de"), ("v", "fr")]


class Unplanned(NodeJob):
    """A job whose dry run fails."""

    def _snakemake(self, part: Part, more: Sequence[str], shown: bool = True) -> tuple[int, Path]:
        return 1, Path("none.jsonl")


def test_what_cannot_be_told_is_not_taken_for_nothing() -> None:
    with pytest.raises(SystemExit, match=r"left of v cannot be told; .*prepare\.log"):
        Unplanned(run(), "prepare", "v").jobs_left()


def test_films_in_one_file_are_done_with_their_one_job() -> None:
    (film,) = [name for name in jobs_of_slurm(run(is_together=True)) if "film" in name.rule]
    told: list[Event] = []
    started = JobStarted(1.0, 7, JobName("film", "v", ALL))
    as_job_of_slurm(told.append)(started)
    assert isinstance(told[0], JobStarted) and told[0].name == film
    assert len([name for name in jobs_of_slurm(run()) if "film" in name.rule]) == 2


def test_a_job_that_is_to_end_begins_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slurm's warning comes as SIGTERM; guards that were stopped are followed by no drafts."""
    begun = folder / "begun"
    code = f"open({str(begun)!r}, 'a').write('x'); import time; time.sleep(60)"
    monkeypatch.setattr(Command, "arguments", lambda *_: [sys.executable, "-S", "-c", code])
    Plan([[CUTS[0].cut]], ["de"]).write(plan_file("v"))

    def end_it() -> None:
        while not (begun.exists() and begun.read_text()):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end_it).start()
    with pytest.raises(SystemExit) as ended:
        cuts(NodeJob(run(), "cuts", "v", "1of1"))
    assert ended.value.code == 128 + signal.SIGTERM and begun.read_text() == "x"


def test_a_signal_that_comes_before_snakemake_has_begun_ends_the_job_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Command, "arguments", lambda *_: ["sleep", "60"])
    begun: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def started(*words: object, **options: object) -> "subprocess.Popen[bytes]":
        begun.append(start(*words, **options))  # type: ignore[call-overload]
        os.kill(os.getpid(), signal.SIGTERM)
        return begun[-1]

    monkeypatch.setattr(subprocess, "Popen", started)
    Plan([[CUTS[0].cut]], ["de"]).write(plan_file("v"))
    before = signal.signal(signal.SIGTERM, lambda *_: pytest.fail("nobody passed it on"))
    try:
        with pytest.raises(SystemExit) as ended:
            cuts(NodeJob(run(), "cuts", "v", "1of1"))
    finally:
        signal.signal(signal.SIGTERM, before)
        for process in begun:
            process.kill()
    assert ended.value.code == 128 + signal.SIGTERM
    assert [process.returncode for process in begun] == [-signal.SIGINT]
