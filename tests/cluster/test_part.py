"""What a job of a cluster makes, and in which run."""

from pathlib import Path

import pytest

from mouthpiece.cluster.job_events import JobEvents
from mouthpiece.cluster.outer import as_job_of_slurm, unmade, without_followers
from mouthpiece.cluster.part import Part
from mouthpiece.cluster.run_file import ClusterRun, Needs, Place, VideoWork, job_mark
from mouthpiece.cluster.shards import Plan
from mouthpiece.core.errors import InputError
from mouthpiece.core.files import write_json, write_text
from mouthpiece.runs.events import Event, JobFailed, JobName, JobStarted
from mouthpiece.runs.failures import named


def test_a_part_is_found_by_the_environment(tmp_path: Path) -> None:
    part = Part("run", "cuts", [("v", "de")], ["a"], 2, 3)
    assert Part.here(part.write(tmp_path / "part.json")) == part
    assert Part.here({}) is None
    assert part.has_cut("a") and not part.has_cut("b")
    assert Part("run", "films").has_cut("b")


@pytest.mark.parametrize(
    ("file", "has"),
    [
        ("results/v/de/v.de.mp4", True),
        ("results/v/de/review", True),
        ("results/v/v.multilingual.mp4", True),
        ("results/v/fr/v.fr.mp4", False),
        ("results/w/de/w.de.mp4", False),
    ],
)
def test_the_files_of_its_films(file: str, has: bool) -> None:
    assert Part("run", "films", [("v", "de")]).has_file(file) is has


def test_a_job_of_a_run_that_is_over_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="run that submitted this job is over"):
        Part("mine", "films").check()
    write_text(Path("results/.cluster/token"), "mine")
    Part("mine", "films").check()


def test_a_run_is_read_as_written(tmp_path: Path) -> None:
    needs = {"prepare": Needs(2, 3000, 40, 1, [Place("gpu", 8000, 60)])}
    run = ClusterRun("t", ["config.yaml"], {"v": VideoWork(["de"], True, 1.0, 2.0, needs)}, 60.0)
    run.write(tmp_path / "run.json")
    assert ClusterRun.read(tmp_path / "run.json") == run


def test_a_folder_has_one_mark_by_whatever_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to("a")
    assert job_mark(tmp_path / "link") == job_mark(tmp_path / "a") != job_mark(tmp_path)


def test_films_that_were_not_made(tmp_path: Path) -> None:
    names = ("short", "half", "long", "none")
    videos = {name: VideoWork(["de", "fr"], True, 1.0, 1.0, {}) for name in names}
    Plan().write(tmp_path / "results/.cluster/plans/short.json")
    Plan(failed=["de"]).write(tmp_path / "results/.cluster/plans/half.json")
    Plan([["a"]], ["de", "fr"]).write(tmp_path / "results/.cluster/plans/long.json")
    write_json(tmp_path / "results/.cluster/films/long/de.json", {"made": True})
    found = unmade(ClusterRun("t", videos=videos), tmp_path)
    assert found == [("half", "de"), ("long", "fr"), ("none", "de"), ("none", "fr")]


def test_events_of_jobs_are_read_once_with_numbers_of_their_own(tmp_path: Path) -> None:
    line = '{"time": 1, "event": "started", "job": 3, "rule": "draft", "wildcards": {}}'
    (tmp_path / "a.jsonl").write_text(f"{line}\n{line[:9]}")
    (tmp_path / "b.jsonl").write_text(f"{line}\n")
    events = JobEvents(tmp_path)
    first = [event.job for event in events.new()]
    assert len(set(first)) == 2
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write(f"{line[9:]}\n")
    assert [event.job for event in events.new()] == [first[0]]
    assert list(events.new()) == []


def test_a_job_of_slurm_is_told_from_the_jobs_inside_it() -> None:
    told: list[Event] = []
    notice = as_job_of_slurm(told.append)
    notice(JobStarted(0.0, 1, JobName.of("cuts", {"video": "v", "shard": "2of7"})))
    notice(JobFailed(0.0, 1, [], False))
    assert [getattr(event, "name", None) for event in told] == [
        JobName("Slurm job cuts", "v", shard="2of7"),
        None,
    ]
    assert named([JobName("Slurm job cuts", "v", shard="2of7")]) == "Slurm job cuts of v 2of7"
    inside, outside = JobName("draft", "v", "de"), JobName("Slurm job cuts", "v")
    assert without_followers([inside, outside]) == [inside]
    assert without_followers([outside]) == [outside]
