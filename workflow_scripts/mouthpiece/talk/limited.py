"""Calls that are given up when they take too long."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from ..core.errors import Fault

Result = TypeVar("Result")

LOOK_S = 0.02
"""How often it is seen whether a call is still wanted, in seconds."""


class Unwanted(Exception):
    """Nobody wants the result of a call any more."""


class Limited(Generic[Result]):
    """Makes one call at a time, each in a thread that ends with it.

    A call that hangs keeps its thread, one and no more: the next ones are refused until it ends.
    """

    def __init__(self, name: str, timeout_s: float) -> None:
        """Prepare.

        Args:
            name: What is called, for messages, such as "the voice".
            timeout_s: How long a call may take, in seconds.
        """
        self._name, self._timeout_s = name, timeout_s
        self._free = threading.Lock()

    def call(
        self, work: Callable[[], Result], is_unwanted: Callable[[], bool] = lambda: False
    ) -> Result:
        """Call.

        Args:
            work: What is called.
            is_unwanted: Whether the result is not wanted any more; asked again and again.

        Returns:
            What it returns.

        Raises:
            Fault: It takes too long, or an earlier call still does.
            Unwanted: The result is not wanted any more.
            Exception: What the call raises.
        """
        deadline = time.monotonic() + self._timeout_s
        while not self._free.acquire(timeout=LOOK_S):
            self._check(deadline, is_unwanted)
        call = _Call(work, self._free)
        threading.Thread(target=call.run, name=self._name, daemon=True).start()
        while not call.is_done.wait(LOOK_S):
            self._check(deadline, is_unwanted)
        return call.result()

    def _check(self, deadline: float, is_unwanted: Callable[[], bool]) -> None:
        if is_unwanted():
            raise Unwanted
        if time.monotonic() > deadline:
            raise Fault(f"{self._name} gave nothing within {self._timeout_s:g} s")


class _Call(Generic[Result]):
    def __init__(self, work: Callable[[], Result], free: threading.Lock) -> None:
        self._work, self._free = work, free
        self._results: list[Result] = []
        self._error: Exception | None = None
        self.is_done = threading.Event()

    def run(self) -> None:
        try:
            self._results.append(self._work())
        except Exception as error:
            self._error = error
        finally:
            self._free.release()
            self.is_done.set()

    def result(self) -> Result:
        if self._error is not None:
            raise self._error
        return self._results[0]
