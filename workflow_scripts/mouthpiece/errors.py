"""The two ways a run can stop.

Content (no face, silence, a profile) never stops a run: it is a verdict with a reason. What stops
one is bad input, which its owner can mend, or a fault, which the scheduler may retry.
"""

import reprlib

_SHORT = reprlib.Repr()
_SHORT.maxstring = 120


class InputError(Exception):
    """Something the user gave is wrong: says what, where (file, row, column) and what to do."""


class Fault(Exception):
    """The machine or an artefact failed: a full disk, a broken weight, out of memory at batch 1."""


def quoted(text: str) -> str:
    """A text as a message shows it: in quotes, and without its middle where it is long."""
    return _SHORT.repr(text)
