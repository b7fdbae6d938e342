"""When a process looks for garbage: for cycles of objects that nothing refers to any more."""

import atexit
import gc

OBJECTS = 100_000
"""How many more objects than before there are when Python looks. With its own default, 700, to
import modules and to plan jobs takes a tenth longer."""


def look_seldom_for_garbage() -> None:
    """Look seldom. Not for a process that holds pictures: few of them are much memory."""
    gc.set_threshold(OBJECTS)


def end_without_looking_for_garbage() -> None:
    """Do not look at the end of this process, when the kernel takes its memory anyway.

    Of a run with nothing to do that is a sixth of its CPU time.
    """
    atexit.register(gc.freeze)  # what is frozen is not looked at
