"""`mouthpiece greet`, whose run is replaced: what it asks for, writes, shows and leaves."""

import sys
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from mouthpiece.cli.app import main
from mouthpiece.core.errors import Fault
from mouthpiece.runs import greetings, process

GREET = ["greet", "--avatar", "face.png", "--names", "names.csv", "--text", "Hello {name}."]

ALLOWED = [*GREET, "--consent", "by letter"]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A picture and a table in the working folder; returns the folder of temporary files."""
    monkeypatch.setattr(process, "SNAKEMAKE", (sys.executable, "-c", "print('its own words')"))
    monkeypatch.setattr("mouthpiece.runs.folder.check_weights", lambda folder, project: None)
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 64)).save("face.png")
    Path("names.csv").write_text("name\nAnna\n")
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def written(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_consent_is_asked_for_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert main(GREET) == 1
    assert "no consent: say with --consent" in caplog.messages[-1]
    assert not Path("face").exists()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda text: "by letter, in the folder")
    assert main(GREET) == 0
    assert "by letter, in the folder" in Path("face/videos.tsv").read_text()


def test_it_is_quiet_unless_told_and_names_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(ALLOWED) == 0
    out, err = capfd.readouterr()
    (log,) = Path("face/logs/snakemake").iterdir()
    assert "its own words" in log.read_text() and "its own words" not in out + err
    assert main([*ALLOWED, "--verbose"]) == 0
    told, more = capfd.readouterr()
    assert "its own words" in told
    assert list(Path("face/logs/snakemake").iterdir()) == [log]
    assert "Anna" not in out + err + told + more + log.read_text()


@pytest.mark.parametrize("how", [[], ["--dry-run"], ["--dry-run", "--verbose"]])
def test_no_temporary_file_is_left(how: list[str], temporary: Path) -> None:
    assert main([*ALLOWED, *how]) == 0
    assert not written(temporary)
    first = written(Path("face"))
    assert {"videos.tsv", "dubs.tsv", "greetings/face/en_00001.tsv"} <= first
    assert main([*ALLOWED, *how]) == 0
    assert not [name for name in written(Path("face")) - first if not name.startswith("logs/")]


@pytest.mark.parametrize("is_new", [True, False])
def test_what_was_written_of_a_new_folder_is_removed_where_it_fails(
    is_new: bool, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, wanted: object) -> None:
        raise Fault("the disk is full")

    if not is_new:
        Path("face").mkdir()
        Path("face/notes.txt").write_text("mine")
    monkeypatch.setattr(greetings, "lay_out", full)
    assert main(ALLOWED) == 1
    assert Path("face").exists() != is_new and not written(temporary)
    if not is_new:
        assert Path("face/notes.txt").read_text() == "mine"
