"""Time as frame numbers over an exact rational rate; never float seconds, never int(fps)."""

import math
from dataclasses import dataclass
from fractions import Fraction


def parse_rate(text: str) -> Fraction:
    """Read a frame rate, "25", "30000/1001" or "23.976" (taken as 24000/1001).

    Raises ValueError where the text is no rate between 1 and 240.
    """
    rate = Fraction(text.strip())
    if rate.denominator not in (1, 1001):
        ntsc = Fraction(round(rate * 1001 / 1000) * 1000, 1001)
        if abs(ntsc - rate) < Fraction(1, 200):
            rate = ntsc
    if not 1 <= rate <= 240:
        raise ValueError(f"{text!r} is no frame rate between 1 and 240 frames/s")
    return rate


def sample_of(frame: int, rate: Fraction, sample_rate: int) -> int:
    """The first audio sample at or after the start of a frame."""
    return math.ceil(Fraction(frame * sample_rate) / rate)


@dataclass(frozen=True)
class Clock:
    """The frames of one cut: `frames` of them from `first_frame` on, at `rate` frames/s."""

    rate: Fraction
    first_frame: int
    frames: int

    @property
    def end_frame(self) -> int:
        """The frame after the last."""
        return self.first_frame + self.frames

    @property
    def source(self) -> "Clock":
        """The frames of the mezzanine that stand here."""
        return self

    @property
    def frame_order(self) -> range:
        """Which of the source's frames stands at each of these, in order."""
        return range(self.frames)

    def samples(self, sample_rate: int) -> tuple[int, int]:
        """The cut's half-open range of audio samples on the film's timeline."""
        return (
            sample_of(self.first_frame, self.rate, sample_rate),
            sample_of(self.end_frame, self.rate, sample_rate),
        )


@dataclass(frozen=True)
class LoopedClock(Clock):
    """A cut that a looped film shows once more, forward or backward; the last pass may end early.

    source_cut: the cut in the mezzanine, which is its `source`.
    """

    source_cut: Clock
    reversed: bool

    @property
    def source(self) -> Clock:
        """See `Clock.source`."""
        return self.source_cut

    @property
    def frame_order(self) -> range:
        """See `Clock.frame_order`."""
        if self.reversed:
            return range(self.source_cut.frames)[::-1][: self.frames]
        return range(self.frames)
