"""`mouthpiece greet`, whose run is replaced: what it asks for and writes."""

import sys
from pathlib import Path

import pytest
from PIL import Image

from mouthpiece.cli.app import main
from mouthpiece.runs import process

GREET = ["greet", "--avatar", "face.png", "--names", "names.csv", "--text", "Hello {name}."]


def test_a_consent_is_asked_for_on_a_terminal_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(process, "SNAKEMAKE", (sys.executable, "-c", "pass"))
    monkeypatch.setattr("mouthpiece.runs.folder.check_weights", lambda folder, project: None)
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 64)).save("face.png")
    Path("names.csv").write_text("name\nAnna\n")
    assert main(GREET) == 1
    assert "no consent: say with --consent" in caplog.messages[-1]
    assert not Path("face").exists()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda text: "by letter, in the folder")
    assert main(GREET) == 0
    assert "by letter, in the folder" in Path("face/videos.tsv").read_text()
