"""Runs that are killed at random moments: nothing finished is redone, and nothing is left."""

import sys
from pathlib import Path

from mouthpiece.results_cache.pruning import damaged, entries, prune
from mouthpiece.results_cache.store import Store
from places import ROOT

from .conftest import lay_out

sys.path.append(str(ROOT / "benchmarks"))

import cache_chaos
from chaos import Chaos, differences, finished_twice, run_and_kill, run_and_kill_one

SEED, LATEST_S = 7, 15.0


def test_two_kills(small_film: Path, small_dubs: dict[str, Path], tmp_path: Path) -> None:
    job = lay_out(tmp_path / "job", small_film, {"en": small_dubs["en"]})
    with (job.folder / "job.yaml").open("a") as config:
        config.write("cache: {dir: ../cache}\n")
    (job.folder / "job.yaml").rename(job.folder / "config.yaml")
    found = run_and_kill(Chaos(job.folder), 2, SEED, LATEST_S)
    assert found.exit_code == 0, (job.folder / "chaos.log").read_text()
    assert job.film().exists() and found.jobs > 15, found
    assert (found.redone, found.left) == ((), ()), found
    cache = Store.open(tmp_path / "cache", max_gb=1)
    prune(cache)
    assert len(list(entries(cache))) > 15 and not list(damaged(cache))
    assert not list((cache.root / "new").iterdir())


def project_of(folder: Path, film: Path, dubs: dict[str, Path]) -> Path:
    """A project's folder as a user has it, without results."""
    job = lay_out(folder, film, dubs)
    (folder / "job.yaml").rename(folder / "config.yaml")
    return job.folder


def test_single_processes_of_a_run_with_two_languages(
    small_film: Path, small_dubs: dict[str, Path], tmp_path: Path
) -> None:
    """The command, Snakemake, a client, a worker or the pool is killed, and the run goes on."""
    folder = project_of(tmp_path / "job", small_film, small_dubs)
    found = run_and_kill_one(Chaos(folder), 4, SEED, LATEST_S / 2)
    assert len(small_dubs) == 2 and sum(found.killed.values()) > 1, found
    assert found.exit_code == 0, (folder / "chaos.log").read_text()
    assert (found.redone, found.different) == ((), ()), found
    assert (found.left, found.processes) == ((), ()), found


def test_two_projects_on_one_cache(
    small_film: Path, small_dubs: dict[str, Path], tmp_path: Path
) -> None:
    source = project_of(tmp_path / "source", small_film, {"en": small_dubs["en"]})
    found = cache_chaos.run_and_kill(tmp_path, 2, SEED, LATEST_S, source)
    assert found.exit_codes == (0, 0) and found.jobs > 30, found
    assert (found.different, found.redone) == ((), ()), found
    assert (found.damaged, found.left) == ((), ()) and found.entries > 15, found


def test_a_job_that_runs_again_is_found() -> None:
    """The measure itself: without it, the test above could not fail."""
    started = "localrule draft:\n    output: a\n    jobid: 3\n    wildcards: cut=1\n"
    finished = "Finished jobid: 3 (Rule: draft)\n"
    assert finished_twice([started, started + finished]) == (1, [])
    assert finished_twice([started + finished, started]) == (1, ["draft cut=1"])


def test_what_differs_is_found(tmp_path: Path) -> None:
    """The drafts that a start keeps, since a page showed them, are no results."""
    for name, files in {"one": ("cuts/a", "versions/a"), "other": ("cuts/a",)}.items():
        for file in files:
            path = tmp_path / name / "results" / "v" / "en" / file / "score.json"
            path.parent.mkdir(parents=True)
            path.write_text("1")
    one, other = tmp_path / "one", tmp_path / "other"
    assert differences(one, other) == differences(other, one) == []
    (one / "results/v/en/cuts/a/score.json").write_text("2")
    assert differences(one, other) == ["one/v/en/cuts/a/score.json"]
