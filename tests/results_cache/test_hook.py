"""A job through the cache: what its key is made of, what is never kept, and what may fail."""

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mouthpiece.core.fingerprints import fingerprint
from mouthpiece.core.measures import Meter
from mouthpiece.results_cache import contents, hook
from mouthpiece.results_cache import store as stores
from mouthpiece.results_cache.hook import through_cache
from mouthpiece.results_cache.pruning import entries
from mouthpiece.results_cache.runs import MOST_PROBLEMS, RunCache
from mouthpiece.results_cache.store import Store


@dataclass
class RuleJob:
    """A job of a rule, as `through_cache` knows it."""

    folder: Path
    script: str = "draft"
    params: dict[str, Any] = field(default_factory=lambda: {"settings": {"a": (1, 2)}})
    wildcards: dict[str, str] = field(default_factory=lambda: {"video": "v", "cut": "0-1"})
    fault: Any = None
    made: int = 0

    @property
    def input(self) -> dict[str, Any]:
        return {"speech": str(self.folder / "speech.wav"), "others": []}

    @property
    def output(self) -> dict[str, str]:
        return {"draft": str(self.folder / "draft.zip"), "row": str(self.folder / "draft.json")}

    @property
    def log(self) -> list[str]:
        return [str(self.folder / "log")]

    def make(self) -> None:
        self.made += 1
        speech = (self.folder / "speech.wav").read_bytes()
        (self.folder / "draft.zip").write_bytes(speech * 100)
        (self.folder / "draft.json").write_text("{}\n")


@pytest.fixture
def run(tmp_path: Path, monkeypatch) -> RunCache:
    monkeypatch.setattr(stores, "SPARED_BYTES", 0)
    found = RunCache(tmp_path / "project" / ".cache")
    (tmp_path / "cache").mkdir()
    found.begin({"folder": str(tmp_path / "cache"), "max_gb": 1})
    return found


def job_in(folder: Path, speech: bytes = b"hello", **values: Any) -> RuleJob:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "speech.wav").write_bytes(speech)
    return RuleJob(folder, **values)


def use(job: RuleJob, run: RunCache, make: Any = None) -> str:
    return through_cache(job, job.script, make or job.make, run)


def test_another_folder_takes_what_the_first_made(run: RunCache, tmp_path: Path) -> None:
    first, second = job_in(tmp_path / "a"), job_in(tmp_path / "b" / "c")
    second.wildcards["video"] = "another_name"
    assert (use(first, run), use(second, run)) == ("miss", "hit")
    assert (first.made, second.made) == (1, 0)
    for name in ("draft.zip", "draft.json"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()
    assert "from the cache" in (second.folder / "log").read_text()
    assert not list(run.problems())


@pytest.mark.parametrize(
    "changed",
    [
        {"speech": b"bye"},
        {"wildcards": {"video": "v", "cut": "1-2"}},
        {"params": {"settings": {"a": (1, 3)}}},
        {"params": {"settings": {"a": (1, 2)}, "code": "x"}},
        {"script": "bake"},
    ],
)
def test_what_a_result_depends_on(run: RunCache, tmp_path: Path, changed: dict[str, Any]) -> None:
    assert use(job_in(tmp_path / "a"), run) == "miss"
    assert use(job_in(tmp_path / "b", **changed), run) == "miss"


@pytest.mark.parametrize("name", ["rerun_token", "runtime_options"])
def test_what_it_does_not_depend_on(run: RunCache, tmp_path: Path, name: str) -> None:
    assert use(job_in(tmp_path / "a"), run) == "miss"
    params = {"settings": {"a": (1, 2)}, name: {"new": 1}}
    assert use(job_in(tmp_path / "b", params=params), run) == "hit"


def test_what_an_input_names_counts_with_it(run: RunCache, tmp_path: Path) -> None:
    for name, sound in (("a", b"1"), ("b", b"2"), ("c", b"1")):
        (tmp_path / name / "takes").mkdir(parents=True)
        (tmp_path / name / "takes" / "k.flac").write_bytes(sound)
        (tmp_path / name / "takes.json").write_text("{}")
    found = [contents.content_of(tmp_path / name / "takes.json", run.memory) for name in "abc"]
    assert found[0] == found[2] != found[1]


def test_a_fault_is_never_kept(run: RunCache, tmp_path: Path) -> None:
    job = job_in(tmp_path / "a")

    def give_up() -> None:
        job.make()
        Path(job.output["row"]).write_text(json.dumps({"fault": {"stage": "draft"}}))

    assert use(job, run, give_up) == "miss" and use(job, run) == "miss"
    assert use(job_in(tmp_path / "b"), run) == "hit"
    with pytest.raises(SystemExit):  # a job that gives up in another process
        use(job_in(tmp_path / "c", speech=b"x"), run, lambda: sys.exit(0))
    store = run.open()
    assert store and len(list(entries(store))) == 1
    assert use(job_in(tmp_path / "d", fault=object()), run) == "off"


def test_a_film_that_is_replaced_while_it_is_read_is_not_kept(run, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"old")
    content = fingerprint(film)
    params = {"source": str(film), "content": content}
    job = job_in(tmp_path / "a", script="normalize", params=params)

    def make() -> None:
        film.write_bytes(b"another film")
        job.make()

    assert use(job, run, make) == "miss" and use(job, run) == "miss"
    film.write_bytes(b"old")
    assert use(job, run) == "miss" and use(job, run) == "hit"


@pytest.mark.parametrize(
    "values",
    [
        {"script": "overview"},
        {"params": {"marks": {"sign": "certificate"}}},
    ],
)
def test_what_is_never_taken(run: RunCache, tmp_path: Path, values: dict[str, Any]) -> None:
    assert use(job_in(tmp_path / "a", **values), run) == "off"
    assert use(job_in(tmp_path / "b", **values), run) == "off"


def test_an_input_that_is_missing_is_for_the_job_to_say(run: RunCache, tmp_path: Path) -> None:
    job = job_in(tmp_path / "a")
    (job.folder / "speech.wav").unlink()
    with pytest.raises(FileNotFoundError):
        use(job, run)
    assert not list(run.problems())


def test_a_damaged_entry_is_said_and_made_again(run: RunCache, tmp_path: Path) -> None:
    use(job_in(tmp_path / "a"), run)
    store = run.open()
    assert store
    (entry,) = store.entries()
    (entry / "draft").chmod(0o644)
    (entry / "draft").write_bytes(b"x")
    job = job_in(tmp_path / "b")
    assert use(job, run) == "miss" and job.made
    assert [problem for problem in run.problems() if "was damaged" in problem]
    assert use(job_in(tmp_path / "c"), run) == "hit"


def test_a_cache_that_fails_is_said_once_and_stops_nothing(
    run: RunCache, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(stores, "SPARED_BYTES", 1 << 60)
    for number in range(3):
        job = job_in(tmp_path / f"{number}", speech=bytes([number]))
        assert use(job, run) == "miss" and job.made
    (problem,) = run.problems()
    assert "cannot be written: No space left" in problem
    shutil.rmtree(tmp_path / "cache")
    tmp_path.joinpath("cache").write_text("")
    job = job_in(tmp_path / "a")
    assert use(job, run) == "off" and job.made
    assert len(list(run.problems())) == 2
    run.begin({"folder": str(tmp_path / "cache"), "max_gb": 1})  # the next run says so at its start
    run.end()
    assert use(job, run) == "off" and len(list(run.problems())) == 1
    run.begin({"folder": "", "max_gb": 1})
    assert not list(run.problems()) and run.open() is None


def test_a_full_disk_makes_room_by_what_was_not_used_for_longest(
    run: RunCache, tmp_path, monkeypatch
) -> None:
    jobs = [job_in(tmp_path / f"{number}", speech=bytes([number]) * 100) for number in range(3)]
    assert [use(job, run) for job in jobs[:2]] == ["miss", "miss"]
    store = run.open()
    assert store is not None
    room = sum(entry.size for entry in entries(store)) + 50  # not for a third one

    def disk(path: Path) -> Any:
        return SimpleNamespace(free=room - sum(entry.size for entry in entries(store)))

    monkeypatch.setattr(shutil, "disk_usage", disk)
    assert use(jobs[2], run) == "miss" and not list(run.problems())
    assert len(list(entries(store))) == 2
    assert use(job_in(tmp_path / "b", speech=bytes([2]) * 100), run) == "hit"


def test_a_disk_full_of_other_things_takes_nothing_from_the_cache(
    run: RunCache, tmp_path, monkeypatch
) -> None:
    assert use(job_in(tmp_path / "a"), run) == "miss"
    monkeypatch.setattr(stores, "SPARED_BYTES", 1 << 60)
    looked: list[int] = []
    real = hook.make_room
    monkeypatch.setattr(
        hook, "make_room", lambda store, size: (looked.append(size), real(store, size))[1]
    )
    for number in range(3):
        assert use(job_in(tmp_path / f"{number}", speech=bytes([number])), run) == "miss"
    assert len(looked) == 1 and len(list(run.problems())) == 1
    assert use(job_in(tmp_path / "b"), run) == "hit"


def test_results_larger_than_the_cache_are_said_and_evict_nothing(
    run: RunCache, tmp_path: Path
) -> None:
    assert use(job_in(tmp_path / "a"), run) == "miss"
    run.begin({"folder": str(tmp_path / "cache"), "max_gb": 1e-6})
    large = job_in(tmp_path / "b", speech=bytes(1000))
    assert use(large, run) == "miss" and large.made
    (problem,) = run.problems()
    assert "not kept" in problem and "cache.max_gb" in problem
    assert use(job_in(tmp_path / "c"), run) == "hit"


def test_a_cache_is_looked_through_only_by_a_run_that_wrote_to_it(
    run: RunCache, tmp_path: Path, monkeypatch
) -> None:
    """That reads each manifest: minutes with some 100,000 entries on a shared disk."""
    looked: list[Store] = []
    monkeypatch.setattr("mouthpiece.results_cache.runs.prune", looked.append)
    settings = {"folder": str(tmp_path / "cache"), "max_gb": 1}
    run.end()
    assert len(looked) == 1, "what the settings allow is new"
    run.begin(settings)
    run.end()
    assert len(looked) == 1, "nothing was written"
    run.begin(settings)
    assert use(job_in(tmp_path / "a"), run) == "miss"
    run.end(is_part=True)
    assert len(looked) == 1, "a node leaves it to the run"
    run.begin(settings)  # where the run was killed, the next one looks
    run.end()
    assert len(looked) == 2
    assert use(job_in(tmp_path / "b"), run) == "hit"
    run.end()
    assert len(looked) == 2
    run.begin({**settings, "max_gb": 0.5})
    run.end()
    assert len(looked) == 3


def test_a_node_of_a_run_keeps_what_others_found_wrong(run: RunCache, tmp_path: Path) -> None:
    run.report("a problem")
    settings = {"folder": str(tmp_path / "cache"), "max_gb": 1}
    run.begin(settings, is_part=True)
    assert list(run.problems()) == ["a problem"]
    run.begin(settings)
    assert not list(run.problems())


def test_a_job_that_fails_says_that_the_cache_had_nothing(run: RunCache, tmp_path: Path) -> None:
    meter = Meter()
    job = job_in(tmp_path / "a")
    with pytest.raises(SystemExit):
        through_cache(job, job.script, sys.exit, run, meter)
    assert meter.cache == "miss"


def test_many_problems_are_few_lines(run: RunCache) -> None:
    for number in range(20):
        run.report(f"problem {number}")
        run.report(f"problem {number}")
    found = list(run.problems())
    assert len(found) == MOST_PROBLEMS + 1 and found[-1] == "and 15 more of the kind"


def test_a_large_input_is_read_once(run: RunCache, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(contents, "LARGE_BYTES", 10)
    reads: list[Path] = []
    real = contents.sha256
    monkeypatch.setattr(contents, "sha256", lambda path: (reads.append(path), real(path))[1])
    film = tmp_path / "film.mp4"
    film.write_bytes(b"0123456789")
    first = contents.file_sha256(film, run.memory)
    contents._hashed.cache_clear()  # another process
    assert contents.file_sha256(film, run.memory) == first == real(film) and len(reads) == 1
    (tmp_path / "new").write_bytes(b"9876543210")
    (tmp_path / "new").replace(film)
    assert contents.file_sha256(film, run.memory) == real(film) and len(reads) == 2
