import os
import sys
from pathlib import Path

import pytest

# Before NumPy and PyTorch are imported. The processes of pytest-xdist share the cores, and threads
# that wait for each other take most of their time by that.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
# One way of rounding on every processor: MKL takes others by what it finds, and goldens are near.
os.environ.setdefault("MKL_CBWR", "COMPATIBLE")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))
sys.path.insert(0, str(ROOT / "tests"))

from browsing import browser, reviewer  # noqa: E402, F401
from demo_dub import dub, dubs  # noqa: E402, F401
from once import seeded_latentsync, seeded_wav2lip, seeded_weights  # noqa: E402, F401


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make test-fast` leaves out: whole runs of the workflow, and looks at a page."""
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "e2e"):
            item.add_marker("e2e")
        if {"browser", "reviewer"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
