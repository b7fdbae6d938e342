"""What ffmpeg decoded of a picture, from its log."""

import re
from array import array
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

FILTER = "showinfo=checksum=0"
"""The filter that logs each frame. It comes first, where frames are as they were decoded."""

LOGGED_BY = "[Parsed_showinfo_"

TICK = re.compile(r"config in time_base: (\d+)/(\d+)")
FRAME = re.compile(r"n: *\d+ pts: *(-?\d+|NOPTS) +pts_time:")
FORM = re.compile(r"w:(\d+) h:(\d+) pixfmt:(\S+) tb:.* sar:(\d+)/(\d+) .* range:(\S+)")
CHANGE = "Reconfiguring filter graph"
CORRUPT = "corrupt decoded frame"


@dataclass(frozen=True)
class Form:
    """How frames are stored.

    Attributes:
        width: Width in pixels.
        height: Height in pixels.
        pixel_format: ffmpeg's name of the pixel format.
        sample_aspect: Width of a pixel divided by its height.
        range: `tv` (limited), `pc` (full), or None where it is not tagged.
    """

    width: int
    height: int
    pixel_format: str
    sample_aspect: Fraction
    range: str | None


class PictureLog:
    """Reads the log of a run of ffmpeg that decodes a picture through `FILTER`.

    Attributes:
        forms: How many frames have each form, in the order in which they first come.
        changes: How often the form changes.
        frames: How many frames were decoded.
    """

    def __init__(self) -> None:
        self.forms: Counter[Form] = Counter()
        self.changes = self.frames = 0
        self._tick_s = Fraction(1)
        self._times = array("q")
        self._corrupt_at = array("q")
        self._form = Form(0, 0, "", Fraction(1), None)

    def take(self, line: str) -> bool:
        """Read a line of the log.

        Args:
            line: The line.

        Returns:
            Whether it is one of the filter's own.
        """
        # The threads of ffmpeg may write into each other's lines.
        if found := FRAME.search(line):
            self.frames += 1
            self.forms[self._form] += 1
            if found[1] != "NOPTS":
                self._times.append(int(found[1]))
        elif found := FORM.search(line):
            aspect = Fraction(int(found[4]) or 1, int(found[5]) or 1)
            tagged = found[6] if found[6] in ("tv", "pc") else None
            self._form = Form(int(found[1]), int(found[2]), found[3], aspect, tagged)
        elif found := TICK.search(line):
            self._tick_s = Fraction(int(found[1]), int(found[2]))
        self._corrupt_at.extend([self.frames] * line.count(CORRUPT))
        self.changes += CHANGE in line
        return line.startswith(LOGGED_BY) and CORRUPT not in line

    @property
    def start_s(self) -> Fraction | None:
        """When the first frame is shown; None where none is, or its time is not known."""
        return self._times[0] * self._tick_s if self._times else None

    @property
    def times_s(self) -> np.ndarray:
        """When each frame is shown, as they came, [N] float64 seconds."""
        return np.array(self._times, np.float64) * float(self._tick_s)

    @property
    def corrupt_at(self) -> np.ndarray:
        """How many frames had been logged when one was damaged, [M] int64; a few too many or few,
        since decoding and filters run side by side.
        """
        return np.array(self._corrupt_at, np.int64)
