"""A draft is a patch set, not a film: what an engine drew, and where it belongs in the picture.

File format, version 1: a zip archive, members stored uncompressed, of
  meta.json   {"version": 1, "frames": T, "size": [height, width], "engine": ..., "codec": "ffv1"}
  pixels.mkv  T frames of RGB, FFV1 (lossless), 8 bit
  masks.mkv   T frames of grey, FFV1, 8 bit: 0 keeps the picture, 255 takes the patch
  affine.npy  [T, 2, 3] float64: patch pixel centres (x, y, 1) to picture pixel centres
  alpha.npy   [T] float32 in [0, 1]: 0 where silence keeps the original
An empty patch set (T = 0) has meta.json only.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from ..core.errors import Fault
from ..core.files import atomic

VERSION = 1

BROKEN = (
    *(zipfile.BadZipFile, av.FFmpegError, EOFError, LookupError),
    *(NotImplementedError, TypeError, ValueError),
)
"""What reading a broken archive, or what is in it, raises."""

RIM_PX = 16
"""Patch pixels kept around a mask: what sampling between them, and shrinking, may look at."""


@dataclass(frozen=True)
class PatchSet:
    """The drawn patches of a cut, a frame each.

    pixels: [T, H, W, 3] uint8 RGB. masks: [T, H, W] uint8. affine: [T, 2, 3] float64, patch to
    picture, pixel centres at integers. alpha: [T] float32.
    """

    engine: str
    pixels: np.ndarray
    masks: np.ndarray
    affine: np.ndarray
    alpha: np.ndarray

    def __post_init__(self) -> None:
        frames, height, width = self.pixels.shape[:3]
        expected = {
            "pixels": (frames, height, width, 3),
            "masks": (frames, height, width),
            "affine": (frames, 2, 3),
            "alpha": (frames,),
        }
        for name, shape in expected.items():
            found = getattr(self, name).shape
            if found != shape:
                raise ValueError(f"patch set: {name} has shape {found}, wanted {shape}")

    @property
    def frames(self) -> int:
        """How many frames the set covers."""
        return len(self.pixels)

    @classmethod
    def empty(cls, engine: str) -> "PatchSet":
        """The patch set of a cut that is passed through."""
        return cls(
            engine,
            np.zeros((0, 2, 2, 3), np.uint8),
            np.zeros((0, 2, 2), np.uint8),
            np.zeros((0, 2, 3), np.float64),
            np.zeros(0, np.float32),
        )

    def cropped(self) -> "PatchSet":
        """The same patches without the rows and columns that no frame's mask takes."""
        used = np.asarray(self.masks[self.alpha > 0].any(0))
        if not used.any():
            return self
        rows, columns = window(used)
        return replace(
            self,
            pixels=self.pixels[:, rows, columns],
            masks=self.masks[:, rows, columns],
            affine=of_window(self.affine, rows, columns),
        )


def window(used: np.ndarray) -> tuple[slice, slice]:
    """The rows and columns that hold all of `used` [H, W] that is not zero, and a rim; some is."""
    rows, columns = (_span(np.asarray(used.any(axis))) for axis in (1, 0))
    return rows, columns


def of_window(affine: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
    """The affine [..., 2, 3] of a patch's window, of the patch's own."""
    shift = affine @ np.array([columns.start, rows.start, 1.0])
    return np.concatenate([affine[..., :2], shift[..., None]], -1)


def _span(used: np.ndarray) -> slice:
    """From the first to the last True, and `RIM_PX` around them, on even pixels."""
    places = np.flatnonzero(used)
    first = max(0, int(places[0]) - RIM_PX) // 2 * 2
    return slice(first, min(len(used), -(-(int(places[-1]) + 1 + RIM_PX) // 2) * 2))


def save(patches: PatchSet, path: Path) -> None:
    """Write a patch set file atomically; equal sets are equal bytes."""
    meta = {
        "version": VERSION,
        "frames": patches.frames,
        "size": list(patches.pixels.shape[1:3]),
        "engine": patches.engine,
        "codec": "ffv1",
    }
    members = {"meta.json": json.dumps(meta, sort_keys=True).encode()}
    if patches.frames:
        members["pixels.mkv"] = encode_ffv1(patches.pixels, "rgb24")
        members["masks.mkv"] = encode_ffv1(patches.masks, "gray")
        members["affine.npy"] = _npy(patches.affine.astype(np.float64))
        members["alpha.npy"] = _npy(patches.alpha.astype(np.float32))
    write_archive(path, members)


def load(path: Path) -> PatchSet:
    """Read a patch set file. Raises Fault where it is broken."""
    with read_archive(path, VERSION) as (archive, meta):
        if meta["frames"] == 0:
            return PatchSet.empty(meta["engine"])
        return PatchSet(
            meta["engine"],
            decode_ffv1(archive.read("pixels.mkv"), "rgb24"),
            decode_ffv1(archive.read("masks.mkv"), "gray"),
            np.load(io.BytesIO(archive.read("affine.npy"))),
            np.load(io.BytesIO(archive.read("alpha.npy"))),
        )


def write_archive(path: Path, members: dict[str, bytes]) -> None:
    """Write a zip of stored members atomically, with fixed dates: equal members, equal bytes."""
    with atomic(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)


@contextmanager
def read_archive(path: Path, version: int) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    """What `write_archive` wrote, and its `meta.json`, which must be of that version.

    Raises Fault where the file is broken, as far as the block finds out.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            meta = json.loads(archive.read("meta.json"))
            if meta["version"] != version:
                raise ValueError(f"version {meta['version']}, wanted {version}")
            yield archive, meta
    except BROKEN as error:
        said = f"{type(error).__name__}: {error}"
        raise Fault(f"{path}: the file is broken ({said}); delete it and run again") from None


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def encode_ffv1(images: np.ndarray, pixel_format: str) -> bytes:
    """Encode [T, H, W, 3] "rgb24" or [T, H, W] "gray" uint8 losslessly as FFV1 in Matroska."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(
            "ffv1", rate=25, options={"flags": "+bitexact", "slices": "4"}
        )
        stream.height, stream.width = images.shape[1:3]
        stream.pix_fmt = "bgr0" if pixel_format == "rgb24" else pixel_format
        reformatter = VideoReformatter()
        for image in images:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format=pixel_format)
            container.mux(stream.encode(reformatter.reformat(frame, format=stream.pix_fmt)))
        container.mux(stream.encode())
    return buffer.getvalue()


def decode_ffv1(data: bytes, pixel_format: str) -> np.ndarray:
    """Decode what `encode_ffv1` wrote."""
    with av.open(io.BytesIO(data), "r") as container:
        reformatter, frames = VideoReformatter(), container.decode(video=0)
        return np.stack(
            [reformatter.reformat(frame, format=pixel_format).to_ndarray() for frame in frames]
        )
