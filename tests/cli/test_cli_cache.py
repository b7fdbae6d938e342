"""`mouthpiece cache`: lists, prunes and verifies the cache that projects share."""

from pathlib import Path

import pytest

from mouthpiece.cli.app import main
from mouthpiece.results_cache import store as stores
from mouthpiece.results_cache.outputs import Outputs
from mouthpiece.results_cache.store import Store

CONFIG = "videos: videos.tsv\ndubs: dubs.tsv\ncache: {dir: shared, max_gb: 0.5}\n"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A cache with two entries, named by the config of the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stores, "SPARED_BYTES", 0)
    (tmp_path / "config.yaml").write_text(CONFIG)
    found = Store.open(tmp_path / "shared", max_gb=0.5)
    for number, script in enumerate(("draft", "film")):
        (tmp_path / "x").write_bytes(bytes(1000 + number))
        found.put(f"{number:064x}", script, Outputs({"x": tmp_path / "x"}))
    return found


def test_it_lists_by_stage(store: Store, capsys, caplog) -> None:
    caplog.set_level("INFO")
    assert main(["cache", "ls"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [row[:2] for row in rows[1:]] == [["draft", "1"], ["film", "1"], ["all", "2"]]
    assert "may hold 0.5 GB" in caplog.text


def test_it_prunes_and_verifies(store: Store, capsys, caplog) -> None:
    caplog.set_level("INFO")
    assert main(["cache", "verify"]) == 0 and "2 entries, 0 damaged" in caplog.text
    film = store.entry(f"{1:064x}") / "x"
    film.chmod(0o644)
    film.write_bytes(bytes(1000) + b"1")
    assert main(["cache", "verify"]) == 1
    assert "not the content that was put there" in capsys.readouterr().out
    assert main(["cache", "verify", "--remove"]) == 0
    assert main(["cache", "verify"]) == 0
    assert main(["cache", "prune"]) == 0 and len(list(store.entries())) == 1
    assert main(["cache", "prune", "--max-gb", "0"]) == 0 and not list(store.entries())
    assert main(["cache", "ls", "--dir", "shared"]) == 0


def test_the_size_of_a_cache_that_is_named_must_be_said(store: Store, caplog) -> None:
    assert main(["cache", "prune", "--dir", "shared"]) == 1 and "--max-gb" in caplog.text
    assert len(list(store.entries())) == 2
    assert main(["cache", "prune", "--dir", "shared", "--max-gb", "0"]) == 0
    assert not list(store.entries())


def test_a_cache_may_be_emptied(store: Store, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    store.put(f"{2:064x}", "gate", Outputs({"x": tmp_path / "empty"}))
    store.entry(f"{3:064x}").mkdir(parents=True)  # damaged: nothing is in it
    assert main(["cache", "prune", "--max-gb", "0"]) == 0 and not list(store.entries())


@pytest.mark.parametrize("size", ["inf", "nan", "-1", "1e300"])
def test_a_size_that_no_cache_can_have(store: Store, capsys, size: str) -> None:
    assert main(["cache", "prune", "--max-gb", size]) == 2
    assert "Traceback" not in capsys.readouterr().err and len(list(store.entries())) == 2


def test_a_cache_of_a_group_needs_no_project(tmp_path: Path, monkeypatch, capsys, caplog) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stores, "SPARED_BYTES", 0)
    shared = Store.open(tmp_path / "shared", max_gb=1, trust="group")
    (tmp_path / "x").write_bytes(bytes(1000))
    shared.put(f"{1:064x}", "film", Outputs({"x": tmp_path / "x"}))
    named = ["--dir", "shared", "--trust", "group"]
    assert main(["cache", "ls", *named]) == 0 and "all\t1\t" in capsys.readouterr().out
    assert main(["cache", "ls", "--dir", "shared"]) == 1
    assert "shared: nothing is kept there with --trust own; there is --trust group" in caplog.text
    assert main(["cache", "verify", *named]) == 0
    assert main(["cache", "prune", *named, "--max-gb", "0"]) == 0
    assert not list(shared.entries())


def test_there_may_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["cache", "ls"]) == 1 and "no cache.dir" in caplog.text
    assert main(["cache", "ls", "--dir", "gone"]) == 1 and "no such folder" in caplog.text
    assert not (tmp_path / "gone").exists()
    (tmp_path / "new").mkdir()
    assert main(["cache", "ls", "--dir", "new"]) == 1
    assert "new: nothing is kept there with --trust own" in caplog.text
    assert not list((tmp_path / "new").iterdir())
