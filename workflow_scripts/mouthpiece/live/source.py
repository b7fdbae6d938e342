"""The pictures of a baked avatar: its cut of a film, shown again and again."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.held import HeldPictures
from ..core.timeline import Clock
from ..media.decode import read_rgb
from ..media.mezzanine import MezzanineInfo, probe_mezzanine
from ..patches.composite import lay_in_rgb
from ..patches.patch import Patch

PICTURES_BYTES = 512 << 20
"""Memory that an avatar's pictures may take: 7 s of 1280 x 720. No longer cut is baked, unless it
is shorter than `LEAST_S`: to decode a picture again takes half of a frame's time."""

LEAST_S = 2
"""A shorter loop would be seen as one."""

GROUP_FRAMES = 2
"""Pictures that are decoded together; each is a key frame."""


def most_frames(mezzanine: MezzanineInfo) -> int:
    """Tell how long a cut may be whose pictures are all held.

    Args:
        mezzanine: Facts of its film.

    Returns:
        Frames.
    """
    return max(PICTURES_BYTES // _picture_bytes(mezzanine), math.ceil(LEAST_S * mezzanine.rate))


@dataclass(frozen=True)
class Source:
    """The cut that an avatar was baked from.

    Attributes:
        frames: How many frames it has.
        placed: Whether it is known where the face is, [T] bool: see `Track.placed`.
        pictures: RGB, [H, W, 3] uint8, by number.
    """

    frames: int
    placed: np.ndarray
    pictures: HeldPictures

    @classmethod
    def of(cls, mezzanine: Path, clock: Clock, placed: np.ndarray) -> "Source":
        """Open a cut.

        Args:
            mezzanine: The film.
            clock: The cut's frames.
            placed: See `Source`.

        Returns:
            The cut; no picture is decoded yet.
        """

        def read(numbers: range) -> Iterator[np.ndarray]:
            part = Clock(clock.rate, clock.first_frame + numbers.start, len(numbers))
            return read_rgb(mezzanine, part)

        all_bytes = clock.frames * _picture_bytes(probe_mezzanine(mezzanine))
        held = HeldPictures(read, clock.frames, GROUP_FRAMES, all_bytes)
        return cls(clock.frames, placed, held)

    def with_patch(self, frame: int, patch: Patch) -> np.ndarray:
        """Lay a patch into a picture.

        Args:
            frame: The picture's number.
            patch: What is drawn over it.

        Returns:
            RGB, [H, W, 3] uint8, not to be written to.
        """
        picture = self.pictures[frame]
        if patch.alpha == 0 or not self.placed[frame]:
            return picture
        return lay_in_rgb(picture, patch)


def _picture_bytes(mezzanine: MezzanineInfo) -> int:
    """What one picture takes: RGB, 8 bit."""
    return 3 * mezzanine.width * mezzanine.height
