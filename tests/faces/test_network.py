"""Networks that LiteRT runs."""

import subprocess
import sys

import pytest

LOAD = """
import os, threading
from mouthpiece.faces import network
made = network.Interpreter
def loud(**given):
    os.write(2, b"a warning\\n")
    return made(**given)
network.Interpreter = loud
other = threading.Event()
for _ in range({threads}):
    threading.Thread(target=other.wait).start()
network.interpreter("face_landmark.tflite", 1)
other.set()
"""


@pytest.mark.parametrize(("threads", "lines"), [(0, 1), (1, 2)])
def test_the_library_does_not_greet_on_the_terminal(threads: int, lines: int) -> None:
    """Unless other threads are there, whose processes would write into nothing."""
    code = LOAD.format(threads=threads)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    told = done.stderr.splitlines()
    assert told[0] == "a warning"
    assert len(told) == lines
