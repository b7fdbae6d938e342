"""What a job of the preview engine loads: torch takes seconds, and a bake does without it."""

import subprocess
import sys

from places import ROOT

SCRIPT = """
import sys
import mouthpiece.stages.bake
from mouthpiece.engines.preview.settings import PreviewSettings

PreviewSettings().build()
assert "mouthpiece.engines.preview.bake" in sys.modules
assert "torch" not in sys.modules
"""


def test_a_bake_does_without_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={"PYTHONPATH": str(ROOT / "workflow_scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
