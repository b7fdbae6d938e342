"""What time it is, and waiting."""

import time
from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> float:
        """Tell the time.

        Returns:
            Seconds of the epoch.
        """

    def sleep(self, seconds: float) -> None:
        """Wait.

        Args:
            seconds: For how long.
        """


class SystemClock:
    """See `Clock`."""

    def now(self) -> float:
        """See `Clock.now`."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        time.sleep(seconds)
