"""The two ways a run can stop.

Content (no face, silence, a profile) never stops a run: it is a verdict with a reason. What stops
one is bad input, which its owner can mend, or a fault, which the scheduler may retry.
"""

import reprlib
import traceback
from pathlib import Path

_SHORT = reprlib.Repr()

_SHORT.maxstring = 120


class InputError(Exception):
    """Something the user gave is wrong: says what, where (file, row, column) and what to do."""


class Fault(Exception):
    """The machine or an artefact failed: a full disk, a broken weight, out of memory at batch 1."""


def whereabouts(error: Exception) -> str:
    """Where an unforeseen error was raised: its text may hold anything, and is for logs."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"in {Path(last.filename).name}, line {last.lineno}"


def quoted(text: str) -> str:
    """A text as a message shows it: in quotes, and without its middle where it is long."""
    return _SHORT.repr(text)
