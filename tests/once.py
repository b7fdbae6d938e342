"""Fixtures that take long to make, made once for all processes of a test run."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PARITY = Path(__file__).parent / "parity"
MAKER = PARITY / "make_weights.py"
LATENTSYNC = PARITY / "latentsync"
"""Weights and results of LatentSync; see its README.md."""
WAV2LIP = PARITY / "wav2lip"
"""The same of Wav2Lip."""


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder that `make` fills, shared by the processes of pytest-xdist. Do not change it."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once" / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            make(folder / "it")
            (folder / "made").touch()
    return folder / "it"


@pytest.fixture(scope="session")
def seeded_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small MuseTalk networks with seeded weights: a `models/` folder in upstream's layout."""

    def make(models: Path) -> None:
        subprocess.run([sys.executable, MAKER, models], check=True)

    return once(tmp_path_factory, "seeded_weights", make)


@pytest.fixture(scope="session")
def seeded_latentsync(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small LatentSync networks with seeded weights: a folder laid out as upstream's."""

    def make(folder: Path) -> None:
        subprocess.run([sys.executable, LATENTSYNC / "make_weights.py", folder], check=True)

    return once(tmp_path_factory, "seeded_latentsync", make)


@pytest.fixture(scope="session")
def seeded_wav2lip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both of Wav2Lip's checkpoints with seeded weights: upstream's `checkpoints/`."""

    def make(folder: Path) -> None:
        subprocess.run([sys.executable, WAV2LIP / "make_weights.py", folder], check=True)

    return once(tmp_path_factory, "seeded_wav2lip", make)
