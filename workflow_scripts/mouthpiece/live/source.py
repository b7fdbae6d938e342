"""The pictures of a baked avatar: its cut of a film, shown again and again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.held import HeldPictures
from ..core.timeline import Clock
from ..media.decode import read_rgb
from ..patches.composite import lay_in_rgb
from ..patches.patch import Patch

PICTURES_BYTES = 512 << 20
"""Memory that an avatar's pictures may take: 7 s of 1280 x 720. Of longer cuts, those that were not
shown lately are decoded again."""

GROUP_FRAMES = 2
"""Pictures that are decoded together; each is a key frame."""


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

        pictures = HeldPictures(read, clock.frames, GROUP_FRAMES, PICTURES_BYTES)
        return cls(clock.frames, placed, pictures)

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
