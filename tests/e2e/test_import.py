"""A task file of MuseTalk's becomes a project that can be checked and planned."""

import os
import subprocess
import sys
from pathlib import Path

import av
import pytest

from makers import count_frames
from mouthpiece.core.plain_table import read_plain
from places import ROOT

from .conftest import Job, lay_out


def mouthpiece(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mouthpiece", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")},
    )


def imported(job: Job, film: Path, dubs: dict[str, Path]) -> Path:
    """Import an avatar with a clip for each dub; returns the project's folder."""
    job.write(
        "realtime.yaml",
        "avator_1:",
        " preparation: True",
        " bbox_shift: 5",
        f' video_path: "{film}"',
        " audio_clips:",
        *(f'  {name}: "{sound}"' for name, sound in dubs.items()),
    )
    asked = ("import", "musetalk", "realtime.yaml", "--consent", "the speaker, by letter")
    made = mouthpiece(job.folder, *asked, "--language", "en")
    assert made.returncode == 0, made.stderr
    assert "avator_1, audio_clips.en-GB: avator-1 en_en-GB\n" in made.stderr
    return job.folder / "realtime"


def test_import_check_and_plan(
    small_film: Path, small_dubs: dict[str, Path], seeded_weights: Path, tmp_path: Path
) -> None:
    folder = imported(lay_out(tmp_path, small_film, {}), small_film, small_dubs)
    with (folder / "config.yaml").open("a") as file:
        file.write(f"engines: {{musetalk: {{models: {seeded_weights}}}}}\n")
    checked = mouthpiece(folder, "check", "--cores", "2")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.endswith("2 films can be made, 0 cannot\n")
    planned = mouthpiece(folder, "run", "-n", "--cores", "2")
    assert planned.returncode == 0, planned.stdout + planned.stderr


@pytest.mark.parametrize("engine", ["musetalk", "preview"])
def test_an_imported_project_becomes_films(
    engine: str,
    small_film: Path,
    small_dubs: dict[str, Path],
    seeded_weights: Path,
    tmp_path: Path,
) -> None:
    folder = imported(lay_out(tmp_path, small_film, {}), small_film, small_dubs)
    config = folder / "config.yaml"
    text = config.read_text().replace("engine: musetalk", f"engine: {engine}")
    weights = f"engines: {{musetalk: {{models: {seeded_weights}}}}}\n"
    config.write_text(f"{text}provenance: {{sign: off}}\n{weights}")
    done = mouthpiece(folder, "run", "--cores", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    for name, sound in small_dubs.items():
        key = f"en_{name}"
        made = folder / "results" / "avator-1" / key
        drafted = {row["engine"] for row in read_plain(made / "cuts.tsv")}
        assert drafted == {engine}
        with av.open(str(sound)) as file:
            heard_s = float(file.duration) / av.time_base
        film = made / f"avator-1.{key}.mp4"
        assert abs(count_frames(film) / 25 - heard_s) <= 0.08, "a film is as long as its sound"
