"""The engine `hosted` through the real command; a server on this machine stands in for sync.so."""

import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from makers import count_frames
from places import ROOT
from service_films import redrawn
from service_worlds import KEY, SyncWorld, serving

from .conftest import CAT_FRAMES, GOOD_FRAMES, Job

CONFIG = """
engine: hosted
engines:
  hosted:
    {{service: sync, model: lipsync-2, base_url: '{base}', price_per_minute_usd: 3.0,
      budget_usd: 1.0}}
"""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncWorld]:
    monkeypatch.setenv("SYNC_API_KEY", KEY)
    with serving(SyncWorld(film=lambda clip, sound: redrawn(clip, Fraction(25)))) as made:
        yield made


def hosted(finished: Job, folder: Path, world: SyncWorld, leave: str) -> Job:
    job = finished.copy(folder)
    with (job.folder / "job.yaml").open("a", encoding="utf-8") as file:
        file.write(CONFIG.format(base=world.base))
    table = job.folder / "videos.tsv"
    head, row = table.read_text(encoding="utf-8").splitlines()
    job.write("videos.tsv", f"{head}\tmay_leave", f"{row}\t{leave}")
    return job


def command(job: Job, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mouthpiece", "hosted", *words],
        cwd=job.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_cut_is_bought_once_and_delivered(
    finished: Job, world: SyncWorld, tmp_path: Path
) -> None:
    job = hosted(finished, tmp_path / "job", world, "yes")
    cost = command(job, "cost", "--config", "job.yaml")
    assert "v en\t1\t0\t0.03\t0.100" in cost
    assert world.seen == []
    done = job.run()
    assert done.code == 0, done.output
    assert sum(world.paid.values()) == 1
    assert KEY not in done.output
    good, cat = job.cuts()
    assert good["engine"] == "hosted"
    assert cat["action"] == "passthrough"
    assert count_frames(job.film()) == GOOD_FRAMES + CAT_FRAMES
    boxes = world.options[0]["active_speaker_detection"]["bounding_boxes"]
    assert len(boxes) == GOOD_FRAMES
    rows = command(job, "ledger").splitlines()
    assert rows[1].split("\t")[1:4] == ["delivered", "0.100000", "sync"]
    kept = [
        path for path in job.folder.rglob("*") if path.is_file() and path.stat().st_size < 10**6
    ]
    assert not any(KEY.encode() in path.read_bytes() for path in kept)

    assert "v en\t1\t1\t0.00\t0.000" in command(job, "cost", "--config", "job.yaml")
    asked = len(world.seen)
    assert job.run().nothing_to_do
    for path in job.folder.glob("results/v/en/cuts/*/draft.zip"):
        path.unlink()
    again = job.run()
    assert again.code == 0, again.output
    assert len(world.seen) == asked


def buy_finals(job: Job) -> None:
    """Have the preview draw drafts, and buy finals alone."""
    config = (job.folder / "job.yaml").read_text(encoding="utf-8")
    final = "final: {engine: hosted, max_drop: 1}"
    job.write("job.yaml", config.replace("engine: hosted", final))


def approve(job: Job) -> None:
    draft = job.cuts()[0]["draft"]
    columns = "video\tlanguage\tcut\tdecision\tdraft"
    job.write("decisions.tsv", columns, f"v\ten\t000000-000049\tapprove\t{draft}")


def test_only_an_approved_cut_is_bought_as_a_final(
    finished: Job, world: SyncWorld, tmp_path: Path
) -> None:
    job = hosted(finished, tmp_path / "job", world, "yes")
    buy_finals(job)
    assert not {"bake_final", "draft_final"} & set(job.plan().jobs), "nobody approved a cut"
    approve(job)
    assert "v en\t1\t0\t0.03\t0.100" in command(job, "cost", "--config", "job.yaml")
    done = job.run()
    assert done.code == 0, done.output
    assert sum(world.paid.values()) == 1
    good, cat = job.cuts()
    assert (good["engine"], good["price_usd"], cat["price_usd"]) == ("preview", "0.1", "")
    assert good["final"].removeprefix("reverted ") == "hosted"
    assert (good["action"], good["decision"]) == ("lipsync", "approve")
    page = job.folder / "results/v/en/review/index.html"
    assert '"price_usd": "0.1"' in page.read_text(encoding="utf-8")
    assert "v en\t1\t1\t0.00\t0.000" in command(job, "cost", "--config", "job.yaml")
    assert job.run().nothing_to_do
    assert sum(world.paid.values()) == 1


@pytest.mark.parametrize("finals", [False, True])
def test_a_likeness_that_may_not_leave_is_refused(
    finished: Job, world: SyncWorld, tmp_path: Path, finals: bool
) -> None:
    job = hosted(finished, tmp_path / "job", world, "no")
    if finals:
        buy_finals(job)
        approve(job)
    done = job.run()
    assert done.code != 0
    assert "column may_leave" in done.output
    assert world.seen == []
