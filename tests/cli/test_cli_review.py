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


def project(folder: Path, extra: str = "") -> None:
    """A project with a film that is not made yet."""
    (folder / "results").mkdir()
    (folder / "film.mp4").touch()
    (folder / "dub.wav").touch()
    (folder / "videos.tsv").write_text("video\tpath\tconsent\nv\tfilm.mp4\tof the project\n")
    (folder / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tde\tdub.wav\n")
    (folder / "job.yaml").write_text(f"videos: videos.tsv\ndubs: dubs.tsv\n{extra}")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Server]:
    """The servers that the command makes; they stop at once."""
    made: list[Server] = []

    def stop(self: Server, *_: object) -> None:
        made.append(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "serve_forever", stop)
    return made


@pytest.mark.parametrize(
    ("extra", "options", "may_apply"),
    [
        ("", [], False),
        ("", ["--apply"], True),
        ("review: {apply: true}\n", [], True),
    ],
)
def test_the_run_of_the_page_is_that_of_the_project(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    served: list[Server],
    extra: str,
    options: list[str],
    may_apply: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path, extra)
    named = ["--config", "job.yaml", "--port", "0", "--profile", "slurm", "--cores", "3"]
    assert main(["review", *named, *options]) == 0
    runner = served[0].runner
    assert runner and runner.is_allowed is may_apply
    assert runner.words == ("run", "--config", "job.yaml", "--profile", "slurm", "--cores", "3")


def test_no_run_is_offered_that_would_not_obey_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: list[Server], caplog
) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path)
    (tmp_path / "other").mkdir()
    named = ["review", "--config", "job.yaml", "--port", "0"]
    for other in (["--results", "other"], ["--decisions", "d.tsv"], ["--edits", "e.tsv"]):
        assert main([*named, *other]) == 0
        assert served[-1].runner is None
        assert main([*named, *other, "--apply"]) == 1
        assert f"{other[0]} names another" in caplog.text
    assert main([*named, "--results", "../" + tmp_path.name + "/results"]) == 0
    assert served[-1].runner is not None
