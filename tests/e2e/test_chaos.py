"""Runs that are killed at random moments: nothing finished is redone, and nothing is left."""

import sys
from pathlib import Path

from mouthpiece.results_cache.pruning import damaged, entries, prune
from mouthpiece.results_cache.store import Store
from places import ROOT

from .conftest import lay_out

sys.path.append(str(ROOT / "benchmarks"))

from chaos import Chaos, finished_twice, run_and_kill

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


def test_a_job_that_runs_again_is_found() -> None:
    """The measure itself: without it, the test above could not fail."""
    started = "localrule draft:\n    output: a\n    jobid: 3\n    wildcards: cut=1\n"
    finished = "Finished jobid: 3 (Rule: draft)\n"
    assert finished_twice([started, started + finished]) == (1, [])
    assert finished_twice([started + finished, started]) == (1, ["draft cut=1"])
