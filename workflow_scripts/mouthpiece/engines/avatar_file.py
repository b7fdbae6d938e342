"""What the avatar files of all engines share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from ..core.errors import Fault
from ..core.timeline import Clock
from ..patches.archive import read_archive, read_meta, write_archive
from ..patches.broken import broken_is_fault
from .frame_arrays import FrameArrays


def avatar_engine(path: Path) -> str:
    """Tell which engine baked an avatar.

    Args:
        path: The avatar's file.

    Returns:
        The engine's name.

    Raises:
        Fault: The file is broken, or names no engine.
    """
    meta = read_meta(path)
    with broken_is_fault(path):
        return str(meta["engine"])


@dataclass(frozen=True)
class ArrayFile(FrameArrays):
    """The base class of avatars that are arrays alone, in an archive (see `patches.archive`).

    Its `meta.json` has {"version", "engine", "frames"} and the numbers; an array is `NAME.npy`.

    Attributes:
        version: The version of the format.
        engine: The engine's name.
        numbers: The names of attributes that are whole numbers.
    """

    version: ClassVar[int]
    engine: ClassVar[str]
    numbers: ClassVar[tuple[str, ...]] = ()

    def save(self, path: Path) -> None:
        """Write an avatar file atomically; equal avatars make equal bytes.

        Args:
            path: The file to write.
        """
        meta = {"version": self.version, "engine": self.engine, "frames": self.frames}
        meta |= {name: getattr(self, name) for name in self.numbers}
        write_archive(path, meta, {f"{name}.npy": getattr(self, name) for name in self.arrays})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read an avatar.

        Args:
            path: What `save` wrote.

        Returns:
            The avatar.

        Raises:
            Fault: The file is broken.
        """
        with read_archive(path, cls.version) as archive:
            arrays = {name: archive.array(f"{name}.npy") for name in cls.arrays}
            return cls(**arrays, **{name: int(archive.meta[name]) for name in cls.numbers})


def check_frames(path: Path, frames: int, clock: Clock) -> None:
    """Check that an avatar is of the cut that is drawn.

    Args:
        path: The avatar's file.
        frames: How many frames it has.
        clock: The cut's frames.

    Raises:
        ValueError: It is of another number of frames.
    """
    if frames != clock.source.frames:
        raise ValueError(f"{path}: {frames} frames, wanted {clock.source.frames}")


def counted(pictures: Iterable[np.ndarray], frames: int) -> Iterator[np.ndarray]:
    """Pass pictures on, and check how many there are.

    Args:
        pictures: The frames of a cut.
        frames: How many the face track has.

    Yields:
        The pictures.

    Raises:
        Fault: There are more or fewer.
    """
    count = 0
    for count, picture in enumerate(pictures, start=1):
        if count > frames:
            break
        yield picture
    if count != frames:
        raise Fault(f"the cut has {count} pictures or more, its face track {frames} frames")
