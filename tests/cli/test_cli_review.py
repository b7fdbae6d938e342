"""`mouthpiece review`: what it needs before it serves."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from mouthpiece.cli.app import main
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore
from ports import free_port


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


@pytest.fixture
def addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: list[Server]
) -> Callable[..., list[str]]:
    """Starts the server of a project's results, and lists the addresses so far."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    monkeypatch.setattr("mouthpiece.review.server.USUAL_PORT", free_port())

    def start(*options: str) -> list[str]:
        assert main(["review", "--decisions", "d.tsv", *options]) == 0
        return [server.address for server in served]

    return start


def test_a_link_opens_after_the_next_start_but_may_not_change_what_it_opens(
    addresses: Callable[..., list[str]], served: list[Server], caplog
) -> None:
    caplog.set_level(logging.INFO)
    first, second = (addresses()[-1] for _ in range(2))
    assert first == second and "the address is the same at each start" in caplog.text
    tokens = {server.write_token for server in served}
    assert len(tokens) == 2 and not any(token in first for token in tokens)
    assert not any(server.secret in caplog.text for server in served)


def test_a_new_link_ends_those_from_before(addresses: Callable[..., list[str]]) -> None:
    first = addresses()[-1]
    second = addresses("--new-link")[-1]
    assert second != first and addresses()[-1] == second


def test_a_secret_that_others_may_know_is_not_used(
    addresses: Callable[..., list[str]], state: Path, caplog
) -> None:
    first = addresses()[-1]
    (file,) = (path for path in (state / "review").iterdir() if path.name != "lock")
    file.chmod(0o644)
    second, third = (addresses()[-1] for _ in range(2))
    assert len({first, second, third}) == 3
    assert f"the address is new, and holds until the server stops: {file}: must be" in caplog.text
    assert addresses("--new-link")[-1] == addresses()[-1]


def test_without_a_place_for_it_the_address_is_new_and_a_new_one_is_an_error(
    addresses: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert len({addresses()[-1] for _ in range(2)}) == 2
    assert "holds until the server stops: a part of the path is a file" in caplog.text
    assert main(["review", "--decisions", "d.tsv", "--new-link"]) == 1
    assert "--new-link: a part of the path is a file" in caplog.text


def test_links_that_lead_to_another_server_are_said(
    addresses: Callable[..., list[str]], served: list[Server], tmp_path: Path, caplog
) -> None:
    addresses()
    with Server(ReviewStore(tmp_path, tmp_path / "d.tsv"), served[0].server_port) as other:
        assert "is in use" not in caplog.text
        addresses()
        assert f"port {other.server_port} is in use, so links from before" in caplog.text
    assert served[0].secret == served[1].secret
    assert served[0].server_port != served[1].server_port
