"""Calls that are given up."""

import threading

import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.talk.limited import Limited, Unwanted
from waiting import LIMIT_S


def test_a_call_gives_its_result_or_its_error() -> None:
    limited: Limited[int] = Limited("the voice", 20)
    assert limited.call(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        limited.call(lambda: 1 // 0)
    assert limited.call(lambda: 4) == 4


def test_a_call_that_hangs_is_given_up_and_keeps_one_thread() -> None:
    limited: Limited[bool] = Limited("the voice", 0.1)
    end = threading.Event()
    before = {*threading.enumerate()}
    for _ in range(3):
        with pytest.raises(Fault, match=r"the voice gave nothing within 0\.1 s"):
            limited.call(lambda: end.wait(60))
    assert len({*threading.enumerate()} - before) == 1
    end.set()
    limited._timeout_s = LIMIT_S
    assert limited.call(lambda: True)


def test_nobody_waits_for_what_is_unwanted() -> None:
    end = threading.Event()
    limited: Limited[bool] = Limited("the voice", 600)
    with pytest.raises(Unwanted):
        limited.call(lambda: end.wait(60), lambda: True)
    end.set()
