"""When subtitles are shown: the frames of each, by the rules of timed text.

Source: Netflix's Subtitle Timing Guidelines. They are written for 24 frames/s, where 12 frames are
half a second; at other rates what they say in frames is taken as the same time. The gap of two
frames is two frames at all rates.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

GAP_FRAMES = 2
"""The least time between two subtitles."""

LEAST_S, MOST_S = Fraction(5, 6), Fraction(7)
"""How long a subtitle is shown, in seconds."""

HALF_S, NEAR_S = Fraction(1, 2), Fraction(7, 24)
"""How near a change of shot attracts a subtitle, and how near it takes it, in seconds."""


NEARLY = Fraction(1, 1000)
"""Times are floats: what is so near to the edge of a frame is at it, in frames."""


@dataclass(frozen=True)
class Spoken:
    """When the text of a subtitle is spoken.

    Attributes:
        start_s: When it begins, in seconds from picture 0.
        end_s: When it ends.
        reading_s: How long it takes to read, in seconds.
    """

    start_s: float
    end_s: float
    reading_s: float


@dataclass(frozen=True)
class Shown:
    """When a subtitle is shown.

    Attributes:
        first_frame: The first frame that shows it.
        end_frame: The frame after the last.
        flags: Which rules its time breaks: `too_fast`, `too_short`, `late`, `early_end`,
            `near_shot`.
    """

    first_frame: int
    end_frame: int
    flags: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """How many frames show it."""
        return self.end_frame - self.first_frame


class Timing:
    """Times the subtitles of a film.

    Args:
        rate: The film's frames/s.
        frames: How many frames it has.
        shots: The frames at which shots begin, sorted.
    """

    def __init__(self, rate: Fraction, frames: int, shots: Sequence[int]) -> None:
        self._rate, self._frames = rate, frames
        self._shots = [shot for shot in shots if 0 < shot < frames]
        self._half, self._near = round(HALF_S * rate), round(NEAR_S * rate)
        self._least, self._most = math.ceil(LEAST_S * rate), math.floor(MOST_S * rate)

    def shown(self, spoken: Sequence[Spoken]) -> list[Shown]:
        """Time subtitles.

        Args:
            spoken: When their texts are spoken, by when they begin.

        Returns:
            When each is shown, in the same order. Those that begin after the film's end have no
            frame.
        """
        starts = self._starts(spoken)
        return [
            self._timed(one, first, starts[number + 1] if number + 1 < len(starts) else None)
            for number, (one, first) in enumerate(zip(spoken, starts, strict=True))
        ]

    def _frame(self, time_s: float) -> int:
        """The frame that is shown at a time."""
        return math.floor(Fraction(time_s) * self._rate + NEARLY)

    def _end_frame(self, time_s: float) -> int:
        """The first frame that begins at a time or after it."""
        return math.ceil(Fraction(time_s) * self._rate - NEARLY)

    def _starts(self, spoken: Sequence[Spoken]) -> list[int]:
        """The first frames: apart enough for each to be shown for its least time."""
        starts: list[int] = []
        for one in spoken:
            first = self._in_time(self._frame(one.start_s))
            earliest = starts[-1] + self._least + GAP_FRAMES if starts else 0
            starts.append(max(first, earliest))
        return starts

    def _timed(self, spoken: Spoken, first: int, following: int | None) -> Shown:
        heard_end = self._end_frame(spoken.end_s)
        if first >= self._frames:
            return Shown(self._frames, self._frames)
        latest = min(self._frames, first + self._most)
        if following is not None:
            latest = min(latest, following - GAP_FRAMES)
        end = self._end(spoken, first, heard_end, latest)
        if following is not None and GAP_FRAMES < following - end < self._half:
            end = latest
        flags = self._flags(spoken, first, end, heard_end)
        return Shown(first, end, flags)

    def _end(self, spoken: Spoken, first: int, heard_end: int, latest: int) -> int:
        """The end: with the speech, or later, for as long as reading takes."""
        read_end = first + self._end_frame(spoken.reading_s)
        wanted = max(heard_end, first + self._least, min(read_end, heard_end + self._half))
        at_shot = self._out_time(wanted)
        needed = max(first + self._least, min(read_end, heard_end))
        if needed <= at_shot <= latest:
            return at_shot
        return max(min(wanted, latest), first + 1)

    def _in_time(self, frame: int) -> int:
        """Where a subtitle begins whose speech begins at a frame."""
        if (before := self._shot_before(frame)) is not None and frame - before <= self._near:
            return before
        if (after := self._shot_after(frame)) is not None and after - frame < self._half:
            return after if after - frame <= self._near else max(0, after - self._half)
        return frame

    def _out_time(self, frame: int) -> int:
        """Where a subtitle ends that is wanted until a frame."""
        if (before := self._shot_before(frame)) is not None and frame - before < self._half:
            is_near = frame - before <= self._near
            return before - GAP_FRAMES if is_near else before + self._half
        if (after := self._shot_after(frame)) is not None and after - frame <= self._half:
            return after - GAP_FRAMES
        return frame

    def _shot_before(self, frame: int) -> int | None:
        """The last change of shot at a frame or before it."""
        at = bisect_right(self._shots, frame)
        return self._shots[at - 1] if at else None

    def _shot_after(self, frame: int) -> int | None:
        """The first change of shot after a frame."""
        at = bisect_right(self._shots, frame)
        return self._shots[at] if at < len(self._shots) else None

    def _flags(self, spoken: Spoken, first: int, end: int, heard_end: int) -> tuple[str, ...]:
        slack = math.ceil(
            self._rate / 8
        )  # 3 frames of 24: how far a subtitle may be off its speech
        begins = self._frame(spoken.start_s)
        found = {
            "too_fast": end - first < self._end_frame(spoken.reading_s),
            "too_short": end - first < self._least,
            "late": first - begins > self._near,
            "early_end": heard_end - end > self._near + slack,
            "near_shot": self._is_near_shot(first, end),
        }
        return tuple(flag for flag, applies in found.items() if applies)

    def _is_near_shot(self, first: int, end: int) -> bool:
        """Whether it is shown over a change of shot for too short a time before or after it."""
        inside = self._shots[bisect_right(self._shots, first) : bisect_left(self._shots, end)]
        return bool(inside) and (inside[0] - first < self._half or end - inside[-1] < self._half)
