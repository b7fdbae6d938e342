"""Faults that are injected into the jobs of a real run."""

from pathlib import Path

import pytest

from makers import count_frames

from .conftest import CAT_FRAMES, GOOD_FRAMES, Job, Run

GOOD, CAT = "000000-000049", "000050-000069"
FAULTY = """
import os, signal

if os.environ.get("MOUTHPIECE_TEST_FAULTS"):
    from mouthpiece.core import cut_jobs

    whole = cut_jobs.run_cut_job
    faults = [words.split() for words in os.environ["MOUTHPIECE_TEST_FAULTS"].split(";")]

    class Broken:
        def __init__(self, stage, how):
            self.on_fault, self.how = stage.on_fault, how

        def __call__(self, request):
            if self.how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise MemoryError("a test: no memory left")

    def run_cut_job(stage, request, cut_job):
        for name, how, *cuts in faults:
            if (name, cut_job.wildcards[-1]) in [(cut_job.stage, cut) for cut in cuts]:
                stage = Broken(stage, how)
        whole(stage, request, cut_job)

    cut_jobs.run_cut_job = run_cut_job
"""
"""A `sitecustomize` that breaks jobs in the workers. MOUTHPIECE_TEST_FAULTS is "stage how cut
cut...;...". As all of that name it is in the key of a pool, so each has a pool of its own."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PYTHONPATH."""
    folder = tmp_path_factory.mktemp("faulty")
    (folder / "sitecustomize.py").write_text(FAULTY)
    return folder


@pytest.fixture
def job(finished: Job, tmp_path: Path) -> Job:
    return finished.copy(tmp_path / "job")


def counted(done: Run, *rules: str) -> dict[str, int]:
    return {rule: done.ran[rule] for rule in rules}


def test_a_cut_with_a_fault_is_tried_again_until_it_succeeds(job: Job, path: Path) -> None:
    with (job.folder / "job.yaml").open("a") as file:
        file.write("faults: {on_exhausted: passthrough, max_share: 1}\n")
    drafts = {file: file.read_bytes() for file in job.folder.glob("results/v/*/cuts/*/*.zip")}
    done = job.run(
        *("--retries", "1", "--forcerun", "bake", "guard"),
        PYTHONPATH=str(path), MOUTHPIECE_TEST_FAULTS=f"bake raise {GOOD};guard kill {CAT}",
    )  # fmt: skip
    assert done.code == 0, done.output
    assert done.output.count("Trying to restart job") == 2
    listed = done.output.split("Delivered as the original because of a fault, 2 in all")[1]
    assert f"v en {GOOD}: bake: MemoryError: unexpected, in sitecustomize.py" in listed
    assert f"v en {CAT}: guard: Killed: its worker was killed, or memory ran out" in listed
    good, cat = job.cuts()
    assert (good["guard"], good["gate"], good["draft"]) == ("lipsync", "none", "")
    assert {(row["action"], row["reason"]) for row in (good, cat)} == {("passthrough", "fault")}
    assert good["fault"] in listed and cat["fault"] in listed
    assert count_frames(job.film()) == GOOD_FRAMES + CAT_FRAMES
    page = (job.folder / "results/v/en/review/index.html").read_text(encoding="utf-8")
    overview = (job.folder / "results/overview.html").read_text(encoding="utf-8")
    for text in (page, overview):
        assert "2 cuts are delivered as the original because the machine failed" in text

    # The same command again, with another fault.
    rules = ("normalize", "guard", "bake", "draft", "score", "film", "review", "overview")
    assert counted(job.plan(), "guard", "faces") == {"guard": 1, "faces": 1}
    done = job.run(PYTHONPATH=str(path), MOUTHPIECE_TEST_FAULTS=f"score raise {GOOD}")
    assert done.code == 0, done.output
    assert counted(done, *rules) == dict(zip(rules, (0, 1, 1, 1, 1, 1, 1, 1), strict=True))
    good, cat = job.cuts()
    assert (good["gate"], good["action"], good["reason"]) == ("none", "passthrough", "fault")
    assert good["fault"].startswith("score: MemoryError") and len(good["draft"]) == 12
    assert (cat["reason"], cat["fault"]) == ("no_face=0", "")

    done = job.run()
    assert done.code == 0, done.output
    assert counted(done, *rules) == dict(zip(rules, (0, 0, 0, 0, 1, 1, 1, 1), strict=True))
    assert "because of a fault" not in done.output
    assert [(row["action"], row["fault"]) for row in job.cuts()] == [
        ("lipsync", ""),
        ("passthrough", ""),
    ]
    assert {file: file.read_bytes() for file in drafts} == drafts
    assert job.run().nothing_to_do


def test_a_film_that_was_not_made_is_in_the_overview(
    job: Job, small_dubs: dict[str, Path], path: Path
) -> None:
    """Here, because too many of its cuts have a fault."""
    with (job.folder / "job.yaml").open("a") as file:
        file.write("faults: {on_exhausted: passthrough}\n")
    with (job.folder / "dubs.tsv").open("a") as file:
        file.write(f"v\ten-GB\t{small_dubs['en-GB']}\n")
    page = job.folder / "results" / "overview.html"
    done = job.run(PYTHONPATH=str(path), MOUTHPIECE_TEST_FAULTS=f"draft raise {GOOD}")
    assert done.code != 0
    assert "Traceback" not in done.output
    assert "a fault took 1 of the 1 cuts that have a face to redraw" in done.output
    assert "Not made: 1 of 2 films; results/overview.html lists them" in done.output
    text = page.read_text(encoding="utf-8")
    assert "1 film was not made" in text and '<a href="../logs/v/en-GB/gate.log">' in text
    assert (job.folder / "logs/v/en-GB/gate.log").is_file()
    assert '<a href="v/en/review/index.html" ' in text
    assert not job.film("en-GB").exists()

    done = job.run()
    assert done.code == 0, done.output
    text = page.read_text(encoding="utf-8")
    assert "not made." not in text and '<a href="v/en-GB/review/index.html" ' in text
    assert job.run().nothing_to_do
