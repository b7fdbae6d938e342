"""`mouthpiece demo`: where it puts its media, tables and results."""

import sys
from pathlib import Path

import pytest

from mouthpiece.cli.app import main
from mouthpiece.core import paths
from mouthpiece.demo import media
from mouthpiece.runs import process
from mouthpiece.weights import download
from places import ROOT

SHOW = (sys.executable, "-c", "import sys; print(sys.argv)")


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that media were made in, which here are empty files; no run, no download."""
    made: list[Path] = []

    def build(folder: Path) -> None:
        made.append(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("film.mp4", "dub.en.wav", "dub.en-GB.wav"):
            (folder / name).touch()

    monkeypatch.setattr(media, "build", build)
    monkeypatch.setattr(download, "fetch", lambda rows, unpinned=False: None)
    monkeypatch.setattr(process, "SNAKEMAKE", SHOW)
    monkeypatch.chdir(tmp_path)
    return made


def test_elsewhere_it_makes_a_folder_of_its_own(tmp_path: Path, built: list[Path]) -> None:
    assert main(["demo", "--cores", "2"]) == 0
    folder = tmp_path / "mouthpiece-demo"
    assert built == [Path("mouthpiece-demo/media")]
    assert (folder / "overrides.tsv").read_bytes() == (ROOT / "demo/overrides.tsv").read_bytes()
    (log,) = (folder / "logs" / "snakemake").iterdir()
    assert "'--configfile', 'config.yaml', '--cores', '2'" in log.read_text()


def test_what_a_user_edited_stays(tmp_path: Path) -> None:
    assert main(["demo", "mine"]) == 0
    (tmp_path / "mine" / "overrides.tsv").write_text("video\tlanguage\tcut\tsetting\tvalue\n")
    assert main(["demo", "mine"]) == 0
    assert (tmp_path / "mine" / "overrides.tsv").read_text().count("\n") == 1


def test_in_the_project_it_uses_the_project_s_own_tables(
    tmp_path: Path, built: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "demo").mkdir()
    for name in ("config.yaml", "videos.tsv", "dubs.tsv", "overrides.tsv"):
        (tmp_path / "demo" / name).write_bytes((ROOT / "demo" / name).read_bytes())
    monkeypatch.setattr(paths, "WORKFLOW", Path.cwd())
    assert main(["demo"]) == 0
    assert built == [Path("demo/media")]
    (log,) = (tmp_path / "logs" / "snakemake").iterdir()
    assert "'--configfile', 'demo/config.yaml'" in log.read_text()


def test_only_the_media_if_that_is_asked_for(tmp_path: Path, built: list[Path]) -> None:
    assert main(["demo", "--media-only", "mine"]) == 0
    assert built == [Path("mine/media")]
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["media"]
