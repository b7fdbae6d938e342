"""How the cuts of a video are parted into shards, and what a run has to do."""

from pathlib import Path

import pytest

from mouthpiece.cluster.run_file import Needs, Place, VideoWork
from mouthpiece.cluster.shards import Plan, into_shards, work_s
from mouthpiece.cluster.work import work_of
from mouthpiece.core.cuts import Cut
from mouthpiece.runs.events import JobName

WORK = VideoWork(["de", "fr"], False, shared_s=2.0, language_s=3.0, needs={})


def test_the_work_on_cuts_follows_their_frames_and_languages() -> None:
    new, old, other = (Cut.of(first, 100).cut for first in (200, 0, 100))
    jobs = [
        JobName("guard", "v", "", new),
        JobName("draft", "v", "de", old),
        JobName("score", "v", "de", old),
        JobName("lipsync", "v", "fr", other),
        JobName("lipsync", "v", "de", other),
        JobName("film", "v", "de"),
    ]
    unknown = Cut.of(300, 100).cut
    cuts = [old, other, new, unknown]
    found = work_s(jobs, cuts, {}, WORK, frame_s=0.04)
    assert list(found) == [old, other, new]  # in the order of the film
    assert found == pytest.approx({old: 12.0, other: 24.0, new: 8.0})
    found = work_s([*jobs, JobName("faces", "v")], cuts, {}, WORK, frame_s=0.04)
    assert found == pytest.approx({old: 24.0, other: 24.0, new: 32.0, unknown: 24.0})


def test_a_looped_film_s_cuts_are_work_on_those_that_they_show() -> None:
    """A shard has cuts of the video, which all their drafts need baked."""
    first, last = (Cut.of(start, 100).cut for start in (0, 100))
    again, end = Cut.of(200, 100).cut, Cut.of(300, 50).cut
    looped = {"fr": {first: first, last: last, again: last, end: first}}
    jobs = [JobName("guard", "v", "", first), JobName("original_short", "v", "fr", end)]
    found = work_s([*jobs, JobName("faces", "v")], [first, last], looped, WORK, frame_s=0.04)
    assert found == pytest.approx({first: 8.0 + 12.0 + 18.0, last: 12.0 + 24.0})
    drafts = [JobName("draft", "v", "fr", cut) for cut in (again, end)]
    found = work_s(drafts, [first, last], looped, WORK, frame_s=0.04)
    assert found == pytest.approx({first: 6.0, last: 12.0})


@pytest.mark.parametrize(("shard_s", "shards"), [(10.0, 10), (25.0, 4), (1000.0, 1)])
def test_shards_are_runs_of_cuts_with_about_equal_work(shard_s: float, shards: int) -> None:
    work = {str(number): 1.0 for number in range(100)}
    found = into_shards(work, shard_s)
    assert len(found) == shards
    assert [cut for shard in found for cut in shard] == list(work)
    assert max(map(len, found)) - min(map(len, found)) <= 1


def test_a_long_cut_does_not_empty_its_neighbours() -> None:
    work = {"a": 1.0, "b": 300.0, "c": 1.0}
    found = into_shards(work, 100.0)
    assert [cut for shard in found for cut in shard] == list(work) and all(found)
    assert into_shards({}, 100.0) == []


def test_a_plan_is_read_as_written(tmp_path: Path) -> None:
    plan = Plan([["a", "b"], ["c"]], ["de"], ["fr"])
    plan.write(tmp_path / "plan.json")
    assert Plan.read(tmp_path / "plan.json") == plan
    assert plan.names == ["1of2", "2of2"] and plan.cuts_of("2of2") == ["c"]


def test_a_job_that_all_languages_share_is_work_on_each_film() -> None:
    films = [("v", "de"), ("v", "fr"), ("w", "de"), ("w", "fr"), ("x", "de")]
    jobs = [JobName("cuts", "v"), JobName("gate", "w", "fr"), JobName("overview"), JobName("all")]
    found = work_of(jobs, films)
    assert found.languages == {"v": ["de", "fr"], "w": ["fr"]} and found.has_overview
    assert not work_of([], films)


def test_an_attempt_asks_for_more_but_never_for_what_the_partition_lacks() -> None:
    needs = Needs(2, 3000, 40, places=[Place("p", 8000, 60)])
    assert [needs.mem_mb_at(n) for n in (1, 2, 3)] == [3000, 6000, 8000]
    assert [needs.minutes_at(n) for n in (1, 2, 3)] == [40, 60, 60]
