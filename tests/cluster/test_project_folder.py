"""The folder of a project while a run on a cluster is at work in it."""

from pathlib import Path

from mouthpiece.cluster import project_folder
from mouthpiece.cluster.project_folder import held
from mouthpiece.results_cache.runs import FOLDER, RunCache


def test_a_run_begins_without_what_an_earlier_one_found_wrong(tmp_path: Path, monkeypatch) -> None:
    """Its jobs are parts: none of them clears what others found."""
    monkeypatch.setattr(project_folder, "end_jobs", lambda folder: 0)
    monkeypatch.setattr(project_folder, "jobs_of", lambda folder: [])
    cache = RunCache(tmp_path / FOLDER)
    cache.report("a problem")
    with held(tmp_path):
        assert not list(cache.problems())
        cache.report("another problem")
    assert list(cache.problems()) == ["another problem"]
