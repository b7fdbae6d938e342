"""What a live avatar emits: moments, each one frame and the sound that belongs under it."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..core.timeline import sample_of


@dataclass(frozen=True)
class Moment:
    """One frame of the talking picture, and its sound.

    Attributes:
        index: Frames since the session began. It rises by one and never repeats.
        picture: RGB, [height_px, width_px, 3] uint8. It is not written to.
        sound: Mono, [samples] float32 in [-1, 1], as long as the frame at the format's rate; where
            that is no whole number, the sum is: see `Format.samples`.
        speaking: False: the source's own motion, and the sound is zeros.
    """

    index: int
    picture: NDArray[np.uint8]
    sound: NDArray[np.float32]
    speaking: bool


@dataclass(frozen=True)
class Format:
    """What all moments of a session have in common.

    Attributes:
        width_px: Columns of a picture.
        height_px: Rows of a picture.
        fps: Frames/s.
        sound_rate_hz: Samples/s.
    """

    width_px: int
    height_px: int
    fps: Fraction
    sound_rate_hz: int

    def samples(self, index: int) -> tuple[int, int]:
        """Find the sound of a frame.

        Args:
            index: The frame, counted from the first one of the session.

        Returns:
            The first sample and the end, counted from the session's first.
        """
        return (
            sample_of(index, self.fps, self.sound_rate_hz),
            sample_of(index + 1, self.fps, self.sound_rate_hz),
        )
