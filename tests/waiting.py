"""Waiting for what happens by itself: long enough for a machine whose cores have other work."""

import time
from collections.abc import Callable

import pytest

LIMIT_S = 60.0


def wait_until(is_so: Callable[[], object], pause_s: float = 0.02) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + LIMIT_S
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"it never was so, in {LIMIT_S:.0f} s")
        time.sleep(pause_s)
