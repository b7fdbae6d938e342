"""What a conversation needs of a live avatar; the package `live` has them."""

from collections.abc import AsyncIterator
from typing import Protocol

import numpy as np

from ..live.moments import Format, Moment


class LiveSession(Protocol):
    """A live avatar. All but `run` may be called from any thread."""

    def push_audio(self, samples: np.ndarray, rate_hz: int) -> None:
        """Let it say something.

        Args:
            samples: Mono, [N] float32 in [-1, 1].
            rate_hz: Samples/s.
        """

    def flush(self) -> None:
        """Say what was pushed to its end: nothing follows for now."""

    def interrupt(self) -> None:
        """Drop what is not shown yet."""

    def run(self) -> AsyncIterator[Moment]:
        """Show it, paced by the clock.

        Returns:
            Its moments, until it is shut down.
        """

    def shutdown(self) -> None:
        """End it."""


class LiveAvatar(Protocol):
    """Somebody who can talk."""

    @property
    def format(self) -> Format:
        """What its sessions emit."""

    def session(self) -> LiveSession:
        """Begin a session.

        Returns:
            The session.
        """
