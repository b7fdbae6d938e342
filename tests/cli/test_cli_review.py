"""`mouthpiece review`: what it needs before it serves."""

from pathlib import Path

import pytest

from mouthpiece.cli.app import main
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore


def test_what_it_needs_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    monkeypatch.chdir(tmp_path)
    results = tmp_path / "results"
    results.mkdir()
    assert main(["review"]) == 1
    assert "name your config: --config job.yaml" in caplog.text
    assert main(["review", "--results", "none"]) == 1
    assert "none: there is no such folder" in caplog.text
    (tmp_path / "broken.tsv").write_text("video\n")
    assert main(["review", "--decisions", "broken.tsv"]) == 1
    assert "no column 'language'" in caplog.text
    with Server(ReviewStore(results, tmp_path / "d.tsv")) as taken:
        port = str(taken.server_port)
        assert main(["review", "--decisions", "d.tsv", "--port", port]) == 1
    assert f"port {taken.server_port}: Address already in use" in caplog.text
    for port in ("99999", "-1"):
        assert main(["review", "--decisions", "d.tsv", "--port", port]) == 1
        assert f"error: port {port}: wanted 0 (any that is free) to 65535" in caplog.text


def test_the_config_of_the_folder_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    (tmp_path / "config.yaml").write_text("videos: videos.tsv\ndubs: no-such-dubs.tsv\n")
    (tmp_path / "videos.tsv").write_text("video\tpath\tconsent\n")
    assert main(["review"]) == 1
    assert "no-such-dubs.tsv" in caplog.text
