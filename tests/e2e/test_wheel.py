"""The built package, installed outside the checkout: its command, and a dry run from elsewhere."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from places import ROOT

SHARED = sysconfig.get_paths()["purelib"]
"""Where the packages are that the tests run with: the new environment borrows them."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    done = subprocess.run([*build, folder], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, by itself; its folder."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(SHARED)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    return folder


def run(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder, with a home and a cache of its own."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment |= {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.run(
        [installed / "bin" / "mouthpiece", *words],
        cwd=folder, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


def test_the_wheel_holds_what_the_rules_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    rules = list((ROOT / "rules").rglob("*.smk"))
    text = "\n".join(path.read_text(encoding="utf-8") for path in [ROOT / "Snakefile", *rules])
    named = set(re.findall(r'"(?:\.\./)?((?:rules|workflow_scripts|envs|report)/[\w/.]+)"', text))
    assert len(named) > 30
    inside = "mouthpiece/workflow/"
    assert {f"{inside}{name}" for name in named} <= names
    assert f"{inside}models/embedded/lips.safetensors" in names
    assert not [name for name in names if "downloads" in name or "__pycache__" in name]
    assert "mouthpiece/review/templates/page/page.html.j2" in names


def test_the_command(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "--version")
    assert re.fullmatch(r"mouthpiece \d+\.\d+\.\d+\n", done.stdout), done.stderr
    done = run(installed, tmp_path, "doctor", "--json")
    found = json.loads(done.stdout)
    checks = {check["name"]: check for check in found["checks"]}
    assert done.returncode == 1 and not found["ok"]  # no weights are in the new cache
    assert "mouthpiece models fetch --for guard" in checks["guard"]["remedy"]
    assert checks["snakemake"]["state"] == "ok"


def test_a_dry_run_from_a_fresh_folder(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "talk.mp4").touch()
    (tmp_path / "de.wav").touch()
    consent = ("--consent", "test material of the project")
    done = run(installed, tmp_path, "localize", "talk.mp4", "--dub", "de=de.wav", *consent, "-n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^  normalize +1$", done.stdout, re.M)
    assert "mouthpiece models fetch" in done.stderr
    (tmp_path / "talk" / "dubs.tsv").unlink()
    done = run(installed, tmp_path / "talk", "run", "-n")
    assert done.returncode == 1 and "dubs.tsv: there is no such table" in done.stderr
