"""When a process looks for garbage."""

import subprocess
import sys

from places import ROOT

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from mouthpiece.core import garbage

class Cycle:
    def __init__(self):
        self.me = self
    def __del__(self):
        print("found", flush=True)

{before}
held = Cycle()
print("last line")
{after}
"""


def outcome(before: str, after: str = "") -> str:
    program = PROGRAM.format(before=before, after=after)
    command = [sys.executable, "-c", program, str(ROOT / "workflow_scripts")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_at_its_end_a_process_looks_for_no_garbage_and_its_output_is_whole() -> None:
    assert outcome("") == "last line\nfound\n"
    assert outcome("garbage.end_without_looking_for_garbage()") == "last line\n"


def test_a_process_that_looks_seldom_does_look() -> None:
    many = "del held; kept = [[] for _ in range(2 * garbage.OBJECTS)]"
    few = "del held; kept = [[] for _ in range(garbage.OBJECTS // 2)]; garbage.gc.freeze()"
    assert outcome("garbage.look_seldom_for_garbage()", many) == "last line\nfound\n"
    assert outcome("garbage.look_seldom_for_garbage()", few) == "last line\n"
