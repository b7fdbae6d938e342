"""The two ways a run can stop.

Content (no face, silence, a profile) never stops a run: it gets a verdict with a reason. A run
stops for bad input, which its owner can correct, or for a fault, which the scheduler may retry.
"""

import reprlib
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

_SHORT = reprlib.Repr()

_SHORT.maxstring = 120


class InputError(Exception):
    """Something the user gave is wrong; says what, where (file, row, column) and what to do."""


class Fault(Exception):
    """The machine or an artefact failed: a full disk, a broken weight, out of memory at batch 1.

    Attributes:
        facts: What the cut's row has besides, as `Engine.facts`: what was paid for nothing.
    """

    facts: Mapping[str, Any] = MappingProxyType({})


def location_of(error: Exception) -> str:
    """Tell where an unexpected error was raised. Its own message is only for logs.

    Args:
        error: A raised error.

    Returns:
        Such as "in encode.py, line 12".
    """
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"in {Path(last.filename).name}, line {last.lineno}"


def quoted(text: str) -> str:
    """Quote a text for a message.

    Args:
        text: Any text.

    Returns:
        The text in quotes, without its middle where it is long.
    """
    return _SHORT.repr(text)
