"""The project, its Python and a user's folder may have any name; else that is said at once."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from places import ROOT

from .conftest import Job

NASTY = """a b'c"d $HOME `x` é %s #1; & \\ z"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in a folder with a difficult name, with an environment in it."""
    folder = tmp_path_factory.mktemp("named") / NASTY / ("long" * 30)
    for name in ("rules", "workflow_scripts", "report", "envs", "models", "profiles", "config"):
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    shutil.copy(ROOT / "Snakefile", folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (packages,) = (folder / ".venv").glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"])
    return folder


def run(checkout: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command of a checkout, with its own Python, in a user's folder."""
    return subprocess.run(
        [checkout / ".venv" / "bin" / "python", "-m", "mouthpiece", *words],
        cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(checkout / "workflow_scripts")},
    )  # fmt: skip


def test_jobs_run_wherever_the_project_and_the_user_s_folder_are(
    checkout: Path, finished: Job, tmp_path: Path
) -> None:
    job = finished.copy(tmp_path / f"{NASTY} {{cut}}" / "job")
    (job.folder / "job.yaml").rename(job.folder / "config.yaml")
    (job.folder / "results" / "v" / "en" / "speech.wav").unlink()
    done = run(checkout, job.folder, "run", "--", "results/v/en/speech.wav")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (job.folder / "results" / "v" / "en" / "speech.wav").exists()


def test_braces_in_the_project_s_folder_are_refused(checkout: Path, tmp_path: Path) -> None:
    moved = checkout.rename(tmp_path / "a {x}")
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "config.yaml").write_text("videos: v.tsv\ndubs: d.tsv\n")
    (tmp_path / "job" / "v.tsv").write_text("video\tpath\tconsent\n")
    (tmp_path / "job" / "d.tsv").write_text("video\tlanguage\taudio\n")
    done = run(moved, tmp_path / "job", "run")
    assert done.returncode == 1
    assert "Snakemake takes braces in the folder of a workflow for wildcards" in done.stderr
