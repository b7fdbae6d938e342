"""The whole loop in a real browser: look, decide, save, run again; the film has changed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from browsing import Reviewer
from mouthpiece.review.decisions import Table

from .conftest import CAT_FRAMES, GOOD_FRAMES, Job

GOOD = "000000-000049"
DECISION_JOBS = {"gate", "cut_table", "film", "package", "review", "overview", "all"}
SAVED = "/aved to decisions.tsv( at once)?$/.test(document.querySelector('#saving').textContent)"


@pytest.fixture
def job(finished: Job, tmp_path: Path) -> Job:
    return finished.copy(tmp_path / "job")


@pytest.fixture
def address(job: Job) -> Iterator[str]:
    """The address of the review server of a job, started as a user starts it."""
    command = [sys.executable, "-m", "mouthpiece", "review", "--config", "job.yaml"]
    with subprocess.Popen(command, cwd=job.folder, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            lines = iter(server.stderr.readline, "")
            yield next(found[1] for line in lines if (found := re.search(r"(http://\S+)", line)))
        finally:
            server.terminate()
            rest = server.stderr.read()
    assert server.returncode == 0, rest
    assert "Traceback" not in rest


def packets(film: Path) -> list[tuple[int, bytes]]:
    """The encoded pictures of a film, each with its time."""
    with av.open(str(film)) as container:
        return [(p.pts, bytes(p)) for p in container.demux(video=0) if p.size]


def pictures(film: Path) -> list[bytes]:
    with av.open(str(film)) as container:
        return [b"".join(bytes(plane) for plane in f.planes) for f in container.decode(video=0)]


def look(reviewer: Reviewer, address: str) -> None:
    """Open the film's page from the index, filter its cuts, and play the one that is left."""
    reviewer.visit(address)
    reviewer.page.get_by_role("link", name="v").click()
    reviewer.wait_loaded(1)
    reviewer.page.get_by_label("Search").fill("lips follow")
    assert reviewer.shown == [GOOD] and reviewer.chosen == GOOD
    reviewer.press("Escape")
    reviewer.wait_loaded(2)
    reviewer.press(" ")
    reviewer.wait("document.querySelector('video').currentTime > 0.2")
    reviewer.press(" ")


def test_look_decide_save_and_run_again(job: Job, address: str, reviewer: Reviewer) -> None:
    (draft,) = {row["draft"] for row in job.cuts() if row["cut"] == GOOD}
    before, pictures_before = packets(job.film()), pictures(job.film())
    segments = sorted((job.folder / "results").rglob("cuts/*/*"))
    times = {path: path.stat().st_mtime_ns for path in segments}

    look(reviewer, address)
    reviewer.press("p", "n")
    reviewer.page.keyboard.type("the <b>jaw</b>")
    reviewer.press("Escape")
    reviewer.wait(SAVED)
    decisions = Table(job.folder / "decisions.tsv").decisions
    assert list(decisions) == [("v", "en", GOOD)]
    saved = decisions["v", "en", GOOD]
    assert (saved.decision, saved.draft, saved.note) == ("passthrough", draft, "the <b>jaw</b>")

    done = job.run()
    assert done.code == 0, done.output
    assert set(done.jobs) == DECISION_JOBS
    assert {path: path.stat().st_mtime_ns for path in segments} == times

    after, pictures_after = packets(job.film()), pictures(job.film())
    assert len(after) == len(pictures_after) == GOOD_FRAMES + CAT_FRAMES
    assert after[GOOD_FRAMES:] == before[GOOD_FRAMES:]
    assert pictures_after[GOOD_FRAMES:] == pictures_before[GOOD_FRAMES:]
    original = job.folder / "results" / "v" / "_shared" / "cuts" / GOOD / "original.mp4"
    assert pictures_after[:GOOD_FRAMES] == pictures(original) != pictures_before[:GOOD_FRAMES]

    reviewer.reload()
    reviewer.wait(SAVED)
    reviewer.pick(GOOD)
    assert "in force in this run" in reviewer.page.locator("#hint").inner_text()
    assert reviewer.page.locator("#note").input_value() == "the <b>jaw</b>"
    assert job.plan().nothing_to_do
    assert reviewer.errors == []


def test_a_retry_drafts_that_cut_again(job: Job, address: str, reviewer: Reviewer) -> None:
    (draft,) = {row["draft"] for row in job.cuts() if row["cut"] == GOOD}
    before = packets(job.film())
    look(reviewer, address)
    reviewer.press("r", "2")
    reviewer.wait(SAVED)
    done = job.run()
    assert done.code == 0, done.output
    assert set(done.jobs) == {"draft", "score", "lipsync"} | DECISION_JOBS
    assert done.jobs["draft"] == done.jobs["lipsync"] == 1
    good, _ = job.cuts()
    assert good["draft"] not in ("", draft)
    assert (good["decision"], good["preset"]) == ("done retry", "opens_too_little")
    after = packets(job.film())
    assert after[GOOD_FRAMES:] == before[GOOD_FRAMES:]
    assert after[:GOOD_FRAMES] != before[:GOOD_FRAMES]

    reviewer.reload()
    reviewer.wait(SAVED)
    reviewer.pick(GOOD)
    assert "made with “opens too little”" in reviewer.page.locator("#hint").inner_text()
    reviewer.press("a")
    reviewer.wait(SAVED)
    saved = Table(job.folder / "decisions.tsv").decisions["v", "en", GOOD]
    assert (saved.decision, saved.draft, saved.preset) == (
        "approve",
        good["draft"],
        "opens_too_little",
    )
    done = job.run()
    assert set(done.jobs) == DECISION_JOBS
    assert job.cuts()[0]["decision"] == "approve"
    assert packets(job.film()) == after
