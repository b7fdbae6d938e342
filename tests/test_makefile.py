"""`make setup` says at once what is in its way."""

import shutil
import subprocess
from pathlib import Path

import pytest

from places import ROOT

NEEDED = ("requirements/all.lock", "requirements/bootstrap.lock", "pyproject.toml")


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(("name", "is_refused"), [("a {x}", True), ("a:b", True), ("a b$", False)])
def test_a_folder_whose_name_python_or_snakemake_cannot_work_with(
    tmp_path: Path, name: str, is_refused: bool
) -> None:
    folder = tmp_path / name
    for file in (*NEEDED, "models/weights.tsv", "Makefile"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)
    done = subprocess.run(
        ["make", "setup", "PYTHON=no-such-python"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0 and not (folder / ".venv").exists()
    assert ("has a colon or braces" in done.stdout) == is_refused
    assert ("there is no no-such-python" in done.stdout) != is_refused
