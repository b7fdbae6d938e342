"""`mouthpiece greet`: people are greeted by an avatar that is baked once, and loops."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

from makers import count_frames
from mouthpiece.stages.made_dub import CLOSING_S

from .conftest import Job, cut_film
from .test_made_dub import rows

FRAMES = 40
"""Of the avatar. What is said is longer."""
CONFIG = (
    "videos: videos.tsv",
    "dubs: dubs.tsv",
    "speak: {use: [espeak], fit: {slowest: 1, most_stretched: 1}}",
    "sound_gate: {hear: off}",
    "provenance: {sign: off}",
)
NAMES = ["Annabel", "Dr. Fortescue"]


def greet(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    options = ["--avatar", "avatar.mp4", "--names", "names.csv", "--to", "job", "--cores", "2"]
    text = ["--text", "Hello {name}. Welcome!", "--consent", "test material of the project"]
    return subprocess.run(
        [sys.executable, "-m", "mouthpiece", "greet", *options, *text, *more],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )


def test_people_are_greeted_from_one_bake(media: Path, tmp_path: Path) -> None:
    cut_film(media, tmp_path / "avatar.mp4", FRAMES, 0)
    table = "\n".join(["name;city", *(f"{name};Bonn" for name in NAMES)])
    (tmp_path / "names.csv").write_text(f"\ufeff{table}\n", encoding="utf-8")
    job = Job(tmp_path / "job")
    job.folder.mkdir()
    job.write("config.yaml", *CONFIG)
    done = greet(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    results = job.folder / "results" / "avatar"
    keys = ["en_00001", "en_00002"]
    assert sorted(path.name for path in results.iterdir() if path.name != "_shared") == keys
    assert len(list(results.rglob("avatar.zip"))) == 1, "the avatar is baked once"
    for key, name in zip(keys, NAMES, strict=True):
        takes = json.loads((results / key / "takes.json").read_text())
        last = takes["takes"][-1]
        spoken_s = (last["start_sample"] + last["samples"]) / takes["sample_rate_hz"]
        frames = count_frames(results / key / f"avatar.{key}.mp4")
        assert frames > FRAMES and spoken_s + CLOSING_S <= frames / 25
        lines = rows(results / key / "script.tsv")
        assert [line["target"] for line in lines] == [f"Hello {name}.", "Welcome!"]
        assert {line["flags"] for line in lines} == {""}
        cuts = rows(results / key / "cuts.tsv")
        assert len(cuts) == math.ceil(frames / FRAMES)
        assert all(cut["gate"] and cut["draft"] for cut in cuts)
    told = [done.stdout, done.stderr]
    told += [path.read_text() for path in (job.folder / "logs").rglob("*") if path.is_file()]
    assert not any(name in text for name in NAMES for text in told), "names are personal"
    assert not any(name in str(path) for name in NAMES for path in job.folder.rglob("*"))

    assert greet(tmp_path).stdout.startswith("Nothing to do")
