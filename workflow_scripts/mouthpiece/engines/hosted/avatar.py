"""What a bake leaves on disk: the clip of a cut, and where the face is in it.

File format, version 1: an archive (see `patches.archive`) of
  meta.json    {"version": 1, "engine": "hosted", "frames": T, "window": [left, top, width, height],
               "pictures": SHA-256 of what the clip shows, in hex}
  clip.mp4     T pictures, H.264, each a key frame
  points.npy   [T, 468, 2] float32: the face's mesh in the clip's pixels
  looks.npy    [T, 32, 32, 3] uint8: the clip's pictures, small, RGB
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import cv2
import numpy as np

from ...core.files import temporary_folder
from ...faces.track import Track
from ...patches.archive import read_archive, write_archive
from ..avatar_file import counted
from .clip import encode_clip
from .geometry import Window, sent_window

ENGINE, VERSION = "hosted", 1
LOOK_PX = 32


@dataclass(frozen=True)
class Avatar:
    """A cut's avatar of T frames.

    Attributes:
        window: Which part of the pictures is sent.
        pictures: Identifies what the clip shows.
        points: [T, 468, 2] float32, the face's mesh in the clip.
        looks: [T, 32, 32, 3] uint8, its pictures, small.
    """

    window: Window
    pictures: str
    points: np.ndarray
    looks: np.ndarray

    @property
    def frames(self) -> int:
        """T."""
        return len(self.points)


def bake(pictures: Iterable[np.ndarray], track: Track, whole: bool, crf: int, path: Path) -> None:
    """Write the avatar of a cut.

    Args:
        pictures: The cut's frames, RGB, [H, W, 3] uint8.
        track: The face in them.
        whole: Whether whole pictures are sent.
        crf: The quality of the clip.
        path: The file to write.

    Raises:
        Fault: There are not as many pictures as the track has frames.
    """
    checked = counted(pictures, track.frames)
    first = next(checked)
    height, width = first.shape[:2]
    window = sent_window(track.points, height, width, whole)
    seen = hashlib.sha256(f"{window.width}x{window.height}".encode())
    looks: list[np.ndarray] = []

    def shown() -> Iterator[np.ndarray]:
        for picture in chain([first], checked):
            part = np.ascontiguousarray(window.of(picture))
            seen.update(part.tobytes())
            looks.append(small(part))
            yield part

    with temporary_folder(path) as folder:
        clip = folder / "clip.mp4"
        encode_clip(shown(), window.width, window.height, clip, crf)
        points = track.points[..., :2] - np.array([window.left, window.top], np.float32)
        meta = {
            "version": VERSION,
            "engine": ENGINE,
            "frames": track.frames,
            "window": [window.left, window.top, window.width, window.height],
            "pictures": seen.hexdigest(),
        }
        arrays = {"points.npy": points.astype(np.float32), "looks.npy": np.stack(looks)}
        write_archive(path, meta, {"clip.mp4": clip, **arrays})


def small(picture: np.ndarray) -> np.ndarray:
    """Reduce a picture to what it is recognized by.

    Args:
        picture: [H, W, 3] uint8.

    Returns:
        [32, 32, 3] uint8.
    """
    return cv2.resize(picture, (LOOK_PX, LOOK_PX), interpolation=cv2.INTER_AREA)


def load(path: Path) -> Avatar:
    """Read an avatar.

    Args:
        path: What `bake` wrote.

    Returns:
        The avatar.

    Raises:
        Fault: The file is broken.
    """
    with read_archive(path, VERSION) as archive:
        window = Window(*(int(value) for value in archive.meta["window"]))
        return Avatar(
            window,
            str(archive.meta["pictures"]),
            archive.array("points.npy"),
            archive.array("looks.npy"),
        )


def save_clip(path: Path, clip: Path) -> None:
    """Take the clip out of an avatar.

    Args:
        path: What `bake` wrote.
        clip: The file to write.

    Raises:
        Fault: The avatar is broken.
    """
    with read_archive(path, VERSION) as archive:
        clip.write_bytes(archive.zip.read("clip.mp4"))
