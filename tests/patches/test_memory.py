"""However long a cut is, no more than a few of its patches are in memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from places import ROOT

SIDE, FRAMES = 512, 400
WHOLE_MB = SIDE * SIDE * 4 * FRAMES / 2**20
"""The pixels and masks of the cut."""
ENOUGH_MB = 120
SCRIPT = """
import re, sys
from pathlib import Path
import numpy as np
from mouthpiece.patches.deflicker import deflickered
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.patch_set import PatchReader, write_patches
from mouthpiece.patches.quality import measure_quality

def stream(frames, side):
    rows = np.arange(side, dtype=np.uint8)[:, None, None] * np.ones((side, 3), np.uint8)
    mask = np.full((side, side), 255, np.uint8)
    for number in range(frames):
        yield Patch(rows + number % 3, mask.copy(), np.eye(2, 3), 1.0)

def peak_mb():
    # Of this program alone: getrusage begins with the peak of the process that started it.
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) / 1024

def run(frames):
    write_patches(folder / "a.zip", stream(frames, side), "test")
    write_patches(folder / "b.zip", deflickered(PatchReader(folder / "a.zip"), 2.0), "test")
    measure_quality(PatchReader(folder / "b.zip"))

folder, side = Path(sys.argv[1]), int(sys.argv[2])
run(20)
before = peak_mb()
run(int(sys.argv[3]))
print(peak_mb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells the peak in /proc")
def test_a_longer_cut_takes_no_more_memory(tmp_path: Path) -> None:
    assert WHOLE_MB > 3 * ENOUGH_MB
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, tmp_path, str(SIDE), str(FRAMES)],
        env={"PYTHONPATH": str(ROOT / "workflow_scripts"), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < ENOUGH_MB
