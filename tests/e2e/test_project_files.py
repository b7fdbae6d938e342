"""The project as it is cloned: a dry run, the lint, the profile."""

import subprocess
import sys
from pathlib import Path

from .conftest import MEDIA, ROOT


def snakemake(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_dry_run_of_the_project_as_cloned() -> None:
    done = snakemake("-n")
    assert done.returncode == 0, done.stderr
    assert "has no rows yet" in done.stdout + done.stderr


def test_a_dry_run_of_the_demo(media: Path) -> None:
    assert media == MEDIA
    done = snakemake("-n", "--configfile", "demo/config.yaml")
    assert done.returncode == 0, done.stderr


def test_snakemake_lint() -> None:
    done = snakemake("--lint")
    assert done.returncode == 0, done.stdout + done.stderr
