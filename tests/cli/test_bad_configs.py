"""Every command says in one line what is wrong with a config, a table or a path."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mouthpiece.cli.app import main

TABLES = "videos: videos.tsv\ndubs: dubs.tsv\n"

CONFIGS: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: None,
    "a folder": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(path),
    "empty": lambda path: path.touch(),
    "a list": lambda path: path.write_text("- a\n"),
    "Latin-1": lambda path: path.write_bytes(b"# f\xfcr\n"),
    "5,000 digits": lambda path: path.write_text(f"{TABLES}guard: {{min_frames: {'9' * 5000}}}\n"),
    "a tag": lambda path: path.write_text(f"{TABLES}a: !!python/object:os.system x\n"),
    "twice": lambda path: path.write_text(f"{TABLES}{TABLES}"),
    "nan": lambda path: path.write_text(
        f"{TABLES}gate: {{scorers: {{embedded: {{min_confidence: .nan}}}}}}\n"
    ),
    "a list as a preset": lambda path: path.write_text(
        f"{TABLES}gate: {{scorer: [a]}}\nengines: {{preview: {{preset: [a]}}}}\n"
    ),
    "a date as a scorer": lambda path: path.write_text(f"{TABLES}gate: {{scorer: 2026-11-26}}\n"),
}

COMMANDS = {
    "run": ["run", "--config", "job.yaml"],
    "run -n": ["run", "-n", "--config", "job.yaml"],
    "review": ["review", "--config", "job.yaml"],
    "calibrate": ["calibrate", "--labels", "labels.tsv", "--config", "job.yaml"],
    "doctor": ["doctor", "--config", "job.yaml"],
    "models list": ["models", "list", "--config", "job.yaml"],
    "models fetch": ["models", "fetch", "--config", "job.yaml"],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    (tmp_path / "a.mp4").touch()
    (tmp_path / "videos.tsv").write_text("video\tpath\tconsent\na\ta.mp4\tby letter\n")
    (tmp_path / "dubs.tsv").write_text("video\tlanguage\taudio\na\tde\ta.mp4\n")
    header = "video\tlanguage\tcut\tlabel\tscorer\tconfidence\n"
    (tmp_path / "labels.tsv").write_text(f"{header}a\tde\t000000-000009\tgood\tembedded\t0.3\n")
    return tmp_path


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_config_is_one_line(folder: Path, caplog, command: str, config: str) -> None:
    CONFIGS[config](folder / "job.yaml")
    assert main(COMMANDS[command]) == 1
    (error,) = errors(caplog)
    assert error.startswith("error: job.yaml: ")
    assert len(error) < 700 and error.count("job.yaml: ") == len(error.splitlines())


LONG = "x" * 300

PATHS = {
    "run": ["run", "--config", LONG],
    "review": ["review", "--config", LONG],
    "review, results": ["review", "--results", LONG, "--decisions", "d.tsv"],
    "review, decisions": ["review", "--decisions", LONG],
    "localize": ["localize", LONG, "--dub", "de=a.mp4", "--consent", "by letter", "--out", "job"],
    "localize, dub": ["localize", "a.mp4", "--dub", f"de={LONG}", "--consent", "by letter"],
    "localize, a dub of no user": [
        "localize",
        "a.mp4",
        "--dub",
        "de=~nouser/x",
        "--consent",
        "me too",
    ],
    "localize, out": [
        "localize",
        "a.mp4",
        "--dub",
        "de=a.mp4",
        "--consent",
        "me too",
        "--out",
        LONG,
    ],
    "calibrate": ["calibrate", LONG, "--labels", "labels.tsv"],
    "calibrate, labels": ["calibrate", "--labels", LONG],
    "calibrate, json": ["calibrate", "--labels", "labels.tsv", "--json", LONG],
    "decisions": ["decisions", "merge", LONG, "-o", "out.tsv"],
    "decisions, output": ["decisions", "merge", "labels.tsv", "-o", LONG],
    "doctor": ["doctor", "--config", LONG],
    "models": ["models", "list", "--config", LONG],
}


@pytest.mark.parametrize("name", PATHS)
def test_a_path_that_cannot_be_is_one_line(folder: Path, caplog, name: str) -> None:
    assert main(PATHS[name]) == 1
    (error,) = errors(caplog)
    assert error.startswith("error: ") and "\n" not in error and len(error) < 700
    assert "too long" in error or "no user nouser" in error
