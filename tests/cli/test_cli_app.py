"""The command as a whole: help that never acts and starts fast, versions, completion, schema."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from mouthpiece.cli.app import app, main
from mouthpiece.project import docs
from places import ROOT

COMMANDS = [
    [],
    *[
        [name]
        for name in (
            "run",
            "check",
            "localize",
            "greet",
            "review",
            "talk",
            "verify",
            "calibrate",
            "doctor",
            "demo",
        )
    ],
    *[["decisions", "merge"], ["models"], ["models", "fetch"], ["models", "list"]],
    *[["cache"], ["cache", "ls"], ["cache", "prune"], ["cache", "verify"]],
    *[["hosted"], ["hosted", "cost"], ["hosted", "ledger"], ["hosted", "clear"]],
    *[
        ["hosted", "serve"],
        ["import", "musetalk"],
        ["worker"],
        ["worker", "stop"],
        ["sheet"],
        ["costs"],
        ["config"],
        ["config", "schema"],
    ],
]

HEAVY = ("numpy", "yaml", "torch", "snakemake", "mouthpiece.project", "mouthpiece.runs")


UNUSED = ("av", "cv2", "torch", "pandas", "scipy", "snakemake", "onnxruntime", "matplotlib")
"""What the command of a run need not import: its jobs do."""


def all_commands(group: typer.core.TyperGroup, *path: str) -> list[list[str]]:
    found = [[*path]]
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found += all_commands(command, *path, name)
        else:
            found.append([*path, name])
    return found


def test_every_command_is_looked_at_here() -> None:
    groups = [["decisions"], ["import"]]
    assert sorted(all_commands(typer.main.get_command(app))) == sorted([*COMMANDS, *groups])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_never_acts(command: list[str], tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("no config\n")
    assert main([*command, "--help"]) == 0
    out = capsys.readouterr().out
    assert "Usage: mouthpiece" in out and "--help" in out
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


def test_help_is_fast_for_it_imports_little() -> None:
    program = (
        "import sys; from mouthpiece.cli.app import main; main(['run', '--help']); "
        f"print(len(sys.modules), [m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow_scripts")}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    modules, heavy = done.stderr.split(maxsplit=1)
    assert heavy.strip() == "[]"
    assert int(modules) < 600  # 448 of them take a third of a second


def test_without_a_command_it_shows_its_help(capsys) -> None:
    assert main([]) == 2
    assert "localize" in capsys.readouterr().out


def test_the_version(capsys) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"mouthpiece \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_what_it_does_not_know_is_refused(capsys) -> None:
    assert main(["configdoc"]) == 2
    assert main(["run", "--no-such-option"]) == 2
    assert "no-such-option" in capsys.readouterr().err


def test_shells_complete_commands_and_engines() -> None:
    def complete(words: str) -> list[str]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "workflow_scripts"),
            "_MOUTHPIECE_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        }
        done = subprocess.run(
            [sys.executable, "-m", "mouthpiece"],
            capture_output=True, text=True, check=False, env=environment,
        )  # fmt: skip
        return done.stdout.split()

    assert complete("mouthpiece lo") == ["localize"]
    engines = ["preview", "musetalk", "latentsync", "wav2lip", "hosted"]
    assert complete("mouthpiece localize x.mp4 --engine ") == engines


def test_the_schema_is_printed_and_nothing_is_written_unless_told(
    tmp_path: Path, monkeypatch, capsys, caplog
) -> None:
    monkeypatch.setattr(docs, "CONFIG", tmp_path)
    monkeypatch.setattr(docs.write, "__defaults__", (tmp_path,))
    assert main(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Settings"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "schemas").mkdir()
    readme = ("before", docs.MARKER, "some-earlier-text", docs.MARKER, "after")
    (tmp_path / "README.md").write_text("\n".join(readme) + "\n")
    assert main(["config", "schema", "--write"]) == 0
    assert (tmp_path / "schemas" / "config.schema.json").read_text() == docs.schema()
    text = (tmp_path / "README.md").read_text()
    assert text.startswith("before\n") and docs.tables() in text and "some-earlier-text" not in text


def test_an_unforeseen_error_is_no_code_of_success() -> None:
    with pytest.raises(ZeroDivisionError):
        from mouthpiece.cli.console import execute

        execute(lambda: 1 // 0)


def test_a_run_begins_and_ends_without_decoders_and_networks() -> None:
    program = (
        "import sys, mouthpiece.cli.session, mouthpiece.runs.recorder; "
        f"print([m for m in {UNUSED!r} if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow_scripts")}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
