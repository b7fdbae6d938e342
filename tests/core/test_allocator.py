"""What is freed is kept."""

import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from mouthpiece.core.allocator import keep_freed_memory

if sys.argv[1] == "keep":
    keep_freed_memory()

def pictures():
    for _ in range(20):
        [np.ones((720, 1280, 3), np.uint8) for _ in range(3)]

pictures()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
pictures()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    """Pages that the kernel cleared for 60 pictures of 675 pages."""
    run = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own")
def test_pictures_that_are_made_and_dropped_take_no_new_memory() -> None:
    assert faults("keep") < 675 < faults("leave")
