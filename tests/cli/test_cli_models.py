"""`mouthpiece models`: what it fetches and lists, and how it refuses."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mouthpiece.cli.app import main
from mouthpiece.weights import download
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE
from mouthpiece.weights.table import Weight

GUARD = {"face_detection_full_range_sparse.tflite", "face_landmark.tflite"}
ROW = Weight("net.bin", "url:https://example.org/net.bin", "-", 3, "0" * 64, "MIT", ("engine",))


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty project's `models/`, in the working folder."""
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "models")
    monkeypatch.delenv(TREE_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


def lay_out(folder: Path, **config: Any) -> None:
    """A project of one film."""
    for name, text in {
        "a.mp4": "",
        "de.wav": "",
        "videos.tsv": "video\tpath\tconsent\na\ta.mp4\tby letter\n",
        "dubs.tsv": "video\tlanguage\taudio\na\tde\tde.wav\n",
        "job.yaml": yaml.safe_dump({"videos": "videos.tsv", "dubs": "dubs.tsv", **config}),
    }.items():
        (folder / name).write_text(text)


def test_the_command_line_says_no_by_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[Weight] = []
    monkeypatch.setattr(weight_table, "read_table", lambda: {"net.bin": ROW})
    monkeypatch.setattr(download, "fetch", lambda rows, unpinned: fetched.extend(rows))
    assert main(["models", "fetch", "nobody"]) == 1
    assert main(["models", "list"]) == 0
    assert main(["models", "fetch", "--for", "engine"]) == 0
    assert fetched == [ROW]


def test_the_command_line_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def stopped(rows: Any, unpinned: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(weight_table, "TABLE", tmp_path / "weights.tsv")
    assert main(["models", "list"]) == 1
    assert "weights.tsv" in caplog.text
    monkeypatch.setattr(weight_table, "read_table", lambda: {"net.bin": ROW})
    monkeypatch.setattr(download, "fetch", stopped)
    assert main(["models", "fetch", "net.bin"]) == 130
    assert "it goes on from there" in caplog.text


def test_the_command_line_fetches_what_a_config_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(
        download, "fetch", lambda rows, unpinned: fetched.extend(row.name for row in rows)
    )
    assert main(["models", "fetch"]) == 1
    assert "--config job.yaml" in caplog.text
    lay_out(tmp_path, gate={"scorer": "syncnet_v2"})
    assert main(["models", "fetch", "GFPGANv1.4.pth", "--config", "job.yaml"]) == 0
    assert set(fetched) == GUARD | {"auxiliary/syncnet_v2.model", "GFPGANv1.4.pth"}
    fetched.clear()
    models = {"musetalk": {"models": "/no/such/folder"}}
    lay_out(tmp_path, engine="musetalk", engines=models)
    assert main(["models", "fetch", "--config", "job.yaml"]) == 1
    assert "/no/such/folder" in caplog.text and not fetched
    (tmp_path / "config").mkdir()
    config = {"videos": "../videos.tsv", "dubs": "../dubs.tsv"}
    (tmp_path / "config" / "config.yaml").write_text(yaml.safe_dump(config))
    assert main(["models", "fetch"]) == 0
    assert set(fetched) == GUARD
    assert main(["models", "fetch", "--config", "absent.yaml"]) == 1
    assert "absent.yaml" in caplog.text


RESEARCH = {"wav2lip/wav2lip_gan.pth"}


def test_weights_for_research_are_fetched_where_the_config_says_that_it_is_research(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(
        download, "fetch", lambda rows, unpinned: fetched.extend(row.name for row in rows)
    )
    for words in (["--for", "wav2lip"], ["GFPGANv1.4.pth", "wav2lip/wav2lip.pth"]):
        assert main(["models", "fetch", *words]) == 1
    lay_out(tmp_path, engine="wav2lip")
    assert main(["models", "fetch", "--config", "job.yaml"]) == 1
    assert "no commercial use" in caplog.text
    assert "engines.wav2lip.research_use is not true" in caplog.text and not fetched
    lay_out(tmp_path, engine="wav2lip", engines={"wav2lip": {"research_use": True}})
    assert main(["models", "fetch", "--for", "wav2lip"]) == 1 and not fetched
    assert main(["models", "fetch", "--for", "wav2lip", "--config", "job.yaml"]) == 0
    assert set(fetched) == GUARD | RESEARCH
