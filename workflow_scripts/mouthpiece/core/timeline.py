"""Time as frame numbers over an exact rational rate; never float seconds, never int(fps)."""

import re
from dataclasses import dataclass
from fractions import Fraction

RATE = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,24}|/(?P<below>[0-9]{1,12}))?")
"""How a rate is written. `Fraction` takes more forms, and 1e999999999 for hours."""

WANTED_RATE = "a frame rate between 1 and 240 frames/s, such as 25, 23.976 or 30000/1001"


def parse_rate(text: str) -> Fraction:
    """Read a frame rate.

    Args:
        text: Such as "25", "30000/1001" or "23.976", which is read as 24000/1001.

    Returns:
        The rate, in frames/s.

    Raises:
        ValueError: If the text is not a rate between 1 and 240.
    """
    written = RATE.fullmatch(text.strip())
    if not written or not int(written["below"] or 1):
        raise ValueError(f"{text!r:.60} is not {WANTED_RATE}")
    rate = Fraction(text.strip())
    if rate.denominator not in (1, 1001):
        ntsc = Fraction(round(rate * 1001 / 1000) * 1000, 1001)
        if abs(ntsc - rate) < Fraction(1, 200):
            rate = ntsc
    if not 1 <= rate <= 240:
        raise ValueError(f"{text!r} is not {WANTED_RATE}")
    return rate


def sample_of(frame: int, rate: Fraction, sample_rate: int) -> int:
    """Find the first audio sample at or after the start of a frame.

    Args:
        frame: The frame.
        rate: Frames per second.
        sample_rate: Samples per second.

    Returns:
        The sample's index on the film's timeline.
    """
    # Whole numbers: a live avatar asks this a dozen times a frame.
    return -(-int(frame) * sample_rate * rate.denominator // rate.numerator)


@dataclass(frozen=True)
class Clock:
    """The frames of one cut.

    Attributes:
        rate: Frames per second.
        first_frame: The first frame on the film's timeline.
        frames: How many there are.
    """

    rate: Fraction
    first_frame: int
    frames: int

    @property
    def end_frame(self) -> int:
        """The frame after the last."""
        return self.first_frame + self.frames

    @property
    def source(self) -> "Clock":
        """The frames of the mezzanine that are shown."""
        return self

    @property
    def frame_order(self) -> range:
        """The number, within the source's frames, of the frame shown at each of these."""
        return range(self.frames)

    def samples(self, sample_rate: int) -> tuple[int, int]:
        """Find the cut's audio samples.

        Args:
            sample_rate: Samples per second.

        Returns:
            A half-open range of samples on the film's timeline.
        """
        return (
            sample_of(self.first_frame, self.rate, sample_rate),
            sample_of(self.end_frame, self.rate, sample_rate),
        )


@dataclass(frozen=True)
class LoopedClock(Clock):
    """A cut of a looped film: a cut of its video shown again, all of it or its start.

    Attributes:
        source_cut: The frames of the cut in the mezzanine.
        reversed: Whether they are shown in reverse.
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
