"""What the avatar files of all engines share."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from ..core.errors import Fault
from ..core.timeline import Clock
from ..patches.archive import read_meta
from ..patches.broken import broken_is_fault


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
