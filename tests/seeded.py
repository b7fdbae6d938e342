"""MuseTalk's networks, small and seeded, in upstream's layout: drawn once for a test run."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

MAKER = Path(__file__).parent / "parity" / "make_weights.py"


@pytest.fixture(scope="session")
def seeded_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `models/` folder, shared by the processes of pytest-xdist; copy it before changing it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "seeded"
    folder.mkdir(exist_ok=True)
    models, made = folder / "models", folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            subprocess.run([sys.executable, MAKER, models], check=True)
            made.touch()
    return models
