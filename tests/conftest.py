import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))
sys.path.insert(0, str(ROOT / "tests"))

from browsing import browser, reviewer  # noqa: E402, F401
from once import seeded_weights  # noqa: E402, F401
