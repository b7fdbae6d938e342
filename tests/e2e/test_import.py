"""A task file of MuseTalk's becomes a project that can be checked and planned."""

import os
import subprocess
import sys
from pathlib import Path

from places import ROOT

from .conftest import lay_out


def mouthpiece(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mouthpiece", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")},
    )


def test_import_check_and_plan(
    small_film: Path, small_dubs: dict[str, Path], seeded_weights: Path, tmp_path: Path
) -> None:
    job = lay_out(tmp_path, small_film, {})
    job.write(
        "realtime.yaml",
        "avator_1:",
        " preparation: True",
        " bbox_shift: 5",
        f' video_path: "{small_film}"',
        " audio_clips:",
        *(f'  {name}: "{sound}"' for name, sound in small_dubs.items()),
    )
    asked = ("import", "musetalk", "realtime.yaml", "--consent", "the speaker, by letter")
    made = mouthpiece(tmp_path, *asked, "--language", "en")
    assert made.returncode == 0, made.stderr
    assert "avator_1, audio_clips.en-GB: avator-1 en_en-GB\n" in made.stderr
    folder = tmp_path / "realtime"
    with (folder / "config.yaml").open("a") as file:
        file.write(f"engines: {{musetalk: {{models: {seeded_weights}}}}}\n")
    checked = mouthpiece(folder, "check", "--cores", "2")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.endswith("2 films can be made, 0 cannot\n")
    planned = mouthpiece(folder, "run", "-n", "--cores", "2")
    assert planned.returncode == 0, planned.stdout + planned.stderr
