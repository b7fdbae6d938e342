"""Snakemake starts without the plugins of clusters where it has no use for them."""

import subprocess
import sys
from pathlib import Path

import pytest

from mouthpiece.core.paths import WORKFLOW
from mouthpiece.runs.lean import may_submit
from mouthpiece.runs.process import SNAKEMAKE, Command

RULES = """
import importlib.util, sys
print([name for name in ("pandas", "snakemake_executor_plugin_slurm") if sys.modules.get(name)])
print(importlib.util.find_spec("pandas") is not None)
rule all: output: "out"
"""


def outcome(folder: Path, *words: str) -> list[str]:
    (folder / "Snakefile").write_text(RULES)
    command = [*SNAKEMAKE, "--cores", "1", "--dry-run", "--quiet", "all", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[:2]


def test_a_run_on_this_machine_imports_no_pandas(tmp_path: Path) -> None:
    assert outcome(tmp_path) == ["[]", "False"]


def test_a_named_executor_is_there(tmp_path: Path) -> None:
    imported = "['pandas', 'snakemake_executor_plugin_slurm']"
    assert outcome(tmp_path, "--executor", "slurm", "--jobs", "1") == [imported, "True"]


@pytest.mark.parametrize("extra", [(), ("part", "--retries", "1"), ("--allowed-rules", "overview")])
def test_what_runs_here(extra: tuple[str, ...]) -> None:
    words = Command(Path(), extra=extra).arguments("events")[len(SNAKEMAKE) :]
    assert not may_submit(words, {})


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (["--executor=slurm"], {}),
        (["-e", "slurm"], {}),
        (["-eslurm"], {}),
        (["--exec", "slurm"], {}),
        (["--profile", "x"], {}),
        (["--slurm-requeue"], {}),
        ([], {"SNAKEMAKE_PROFILE": "x"}),
        (["--workflow-profile", str(WORKFLOW / "profiles" / "slurm")], {}),
        (["--workflow-profile=none-such"], {}),
    ],
    ids=range(9),
)
def test_what_may_be_submitted(words: list[str], environment: dict[str, str]) -> None:
    assert may_submit(words, environment)


def test_a_profile_s_file_is_read(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text("cores: 1\n")
    assert not may_submit(["--workflow-profile", str(profile)], {})
    profile.write_text("cores: 1\nexecutor: cluster-generic\n")
    assert may_submit(["--workflow-profile", str(profile)], {})


def test_it_is_still_a_process_of_snakemake_s() -> None:
    """Who looks for the process of a run looks for that word."""
    assert SNAKEMAKE[0] == sys.executable and SNAKEMAKE[-1] == "snakemake"
