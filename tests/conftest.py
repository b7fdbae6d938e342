import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))
sys.path.insert(0, str(ROOT / "tests"))

from browsing import browser, reviewer  # noqa: E402, F401
from once import seeded_weights  # noqa: E402, F401


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that look at a page in a browser: `-m "not browser"` leaves them out."""
    for item in items:
        if {"browser", "reviewer"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
