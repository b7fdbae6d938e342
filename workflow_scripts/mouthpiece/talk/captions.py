"""Which sentence is heard now, by how much of the turn's sound has been shown."""

from collections import deque

from ..live.moments import Moment


class Captions:
    """The sentences of a turn, each shown when its sound begins."""

    def __init__(self, fps: float) -> None:
        """Begin a turn.

        Args:
            fps: Frames/s of the moments.
        """
        self._frame_s = 1 / fps
        self._waiting: deque[tuple[float, str]] = deque()
        self._pushed_s = self._shown_s = 0.0

    @property
    def ahead_s(self) -> float:
        """How much of what was pushed is not shown yet, in seconds."""
        return self._pushed_s - self._shown_s

    def push(self, text: str, seconds: float) -> None:
        """Take note of a sentence that the avatar was given.

        Args:
            text: The sentence.
            seconds: How long it lasts.
        """
        self._waiting.append((self._pushed_s, text))
        self._pushed_s += seconds

    def show(self, moment: Moment) -> str:
        """Take note of a moment that is shown.

        Args:
            moment: The moment.

        Returns:
            The sentence that begins with it; empty: none does.
        """
        if not moment.speaking:
            return ""
        self._shown_s += self._frame_s
        begun = ""
        while self._waiting and self._waiting[0][0] < self._shown_s:
            _, begun = self._waiting.popleft()
        return begun
