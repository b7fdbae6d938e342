"""Patches laid into the picture, in the mezzanine's own YUV planes and bit depth.

Where a patch's weight (mask x alpha) is zero, every sample of the picture stays as it was.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from ..core.errors import Fault
from ..core.timeline import Clock
from ..media.decode import read_frames
from ..media.mezzanine import MezzanineInfo, probe_mezzanine
from .blend import mix
from .patch import Patch, mask_extent

LUMA_WEIGHTS = {"bt709": (0.2126, 0.0722), "bt470bg": (0.299, 0.114), "smpte170m": (0.299, 0.114)}
LUMA_WEIGHTS |= {"fcc": (0.30, 0.11), "smpte240m": (0.212, 0.087), "bt2020nc": (0.2627, 0.0593)}
"""Kr and Kb of each matrix (ITU-T H.273)."""

CUBIC_FROM, CUBIC_TO = 0.8, 1.3
"""Pixels of the picture for each of a patch between which it is sampled by cubics."""


@dataclass(frozen=True)
class Layout:
    """How a pixel format stores a picture: planar YUV, 8 or 10 bit.

    Attributes:
        matrix: ffmpeg's name of the matrix between RGB and YUV, a key of `LUMA_WEIGHTS`.
        full_range: Whether samples use the whole range (0 to 255), not 16 to 235.
        bits: Bits a sample, 8 or 10.
        chroma_shift: log2 of the chroma planes' subsampling, (x, y).
    """

    matrix: str
    full_range: bool
    bits: int
    chroma_shift: tuple[int, int]

    @classmethod
    def of(cls, mezzanine: MezzanineInfo) -> "Layout":
        """Read the layout of a mezzanine.

        Args:
            mezzanine: Its facts.

        Returns:
            The layout of its pictures; bt709 where they are untagged.

        Raises:
            ValueError: Its pixel format is not planar YUV.
        """
        pixel_format = mezzanine.pixel_format
        return cls(
            mezzanine.matrix or "bt709",
            mezzanine.range == "pc",
            av.VideoFormat(pixel_format).components[0].bits,
            _chroma_shift(pixel_format),
        )

    def yuv(self, rgb: np.ndarray) -> np.ndarray:
        """Convert RGB to this layout's sample values.

        Args:
            rgb: [..., 3] uint8.

        Returns:
            Y, Cb and Cr, [..., 3] float32, not rounded; in memory one plane follows another.
        """
        kr, kb = LUMA_WEIGHTS[self.matrix]
        red, green, blue = (np.ascontiguousarray(rgb[..., i]) / np.float32(255) for i in range(3))
        luma = kr * red + (1 - kr - kb) * green + kb * blue
        chroma = ((blue - luma) / (2 - 2 * kb), (red - luma) / (2 - 2 * kr))
        unit = 1 << (self.bits - 8)
        if self.full_range:
            peak, middle = 256 * unit - 1, 128 * unit
            samples = [luma * peak, *(c * peak + middle for c in chroma)]
        else:
            samples = [(16 + 219 * luma) * unit, *((128 + 224 * c) * unit for c in chroma)]
        return np.moveaxis(np.stack(samples), 0, -1)

    def rgb(self, yuv: np.ndarray) -> np.ndarray:
        """Convert this layout's sample values to RGB.

        Args:
            yuv: Y, Cb and Cr, [H, W, 3] uint8 or uint16, as `bits` says.

        Returns:
            [H, W, 3] uint8.
        """
        kr, kb = LUMA_WEIGHTS[self.matrix]
        unit = 1 << (self.bits - 8)
        black, luma, chroma = (0, 256 * unit - 1, 256 * unit - 1)
        if not self.full_range:
            black, luma, chroma = 16 * unit, 219 * unit, 224 * unit
        red, blue = 2 - 2 * kr, 2 - 2 * kb
        green = (-kb * blue / (1 - kr - kb), -kr * red / (1 - kr - kb))
        weights = np.array([[1, 0, red], [1, *green], [1, blue, 0]]) * 255
        weights /= [luma, chroma, chroma]
        shift = weights @ [[-black], [-128 * unit], [-128 * unit]]
        levels = cv2.transform(yuv, np.hstack([weights, shift]))
        return np.minimum(levels, 255).astype(np.uint8)


def _chroma_shift(pixel_format: str) -> tuple[int, int]:
    for name, shift in (("420", (1, 1)), ("422", (1, 0)), ("444", (0, 0))):
        if name in pixel_format:
            return shift
    raise ValueError(f"{pixel_format} is not a planar YUV format")


def composited(
    mezzanine: Path,
    clock: Clock,
    patches: Iterable[Patch] | None,
    lay: Callable[[av.VideoFrame, Patch, Layout], None] | None = None,
) -> Iterator[av.VideoFrame]:
    """Lay patches into the frames of a cut, one frame at a time.

    Args:
        mezzanine: The film's mezzanine.
        clock: The cut's frames.
        patches: One a frame, in order; None leaves the frames as they are.
        lay: What lays each frame's patch in; None: `lay_in`.

    Yields:
        `clock.frames` frames, in the mezzanine's pixel format.

    Raises:
        Fault: There are more or fewer patches than frames.
    """
    if patches is None:
        yield from read_frames(mezzanine, clock)
        return
    layout = Layout.of(probe_mezzanine(mezzanine))
    for frame, patch in paired(mezzanine, clock, patches):
        (lay or lay_in)(frame, patch, layout)
        yield frame


def paired(
    mezzanine: Path, clock: Clock, patches: Iterable[Patch], threads: int = 1
) -> Iterator[tuple[av.VideoFrame, Patch]]:
    """Read the frames of a cut, each with its patch.

    Args:
        mezzanine: The film's mezzanine.
        clock: The cut's frames.
        patches: One a frame, in order.
        threads: How many frames are decoded at once.

    Yields:
        `clock.frames` frames, in the mezzanine's pixel format, and their patches.

    Raises:
        Fault: There are more or fewer patches than frames.
    """
    if isinstance(patches, Sized) and len(patches) != clock.frames:
        raise Fault(f"the patch set has {len(patches)} frames, the cut {clock.frames}")
    stream = iter(patches)
    for number, frame in enumerate(read_frames(mezzanine, clock, threads)):
        patch = next(stream, None)
        if patch is None:
            raise Fault(f"there are {number} patches, the cut has {clock.frames} frames")
        yield frame, patch
    if next(stream, None) is not None:
        raise Fault(f"there are more patches than the cut has frames ({clock.frames})")


def lay_in(frame: av.VideoFrame, patch: Patch, layout: Layout) -> None:
    """Blend one patch into a frame, in place; one that weighs nothing leaves it untouched.

    Args:
        frame: The picture.
        patch: What is drawn over it.
        layout: How the picture is stored.
    """
    extent = mask_extent(patch.mask) if patch.alpha > 0 else None
    if extent is None:
        return
    frame.make_writable()
    part = extent.crop(patch)
    drawn = np.moveaxis(layout.yuv(part.pixels), -1, 0)
    (*values, weight), affine = _reduced([*drawn, _weight(part)], part.affine)
    for index, value in enumerate(values):
        shift = layout.chroma_shift if index else (0, 0)
        plane = _samples(frame, index, layout.bits)
        _blend(plane, value, weight, onto_plane(affine, shift), (1 << layout.bits) - 1)


def plane_of(frame: av.VideoFrame, index: int, layout: Layout) -> np.ndarray:
    """Look at a plane of a frame.

    Args:
        frame: The picture.
        index: 0: luma; 1, 2: Cb, Cr.
        layout: How it is stored.

    Returns:
        A view of the plane, [H, W] uint8 or uint16.
    """
    return _samples(frame, index, layout.bits)


def lay_in_rgb(picture: np.ndarray, patch: Patch) -> np.ndarray:
    """Blend one patch into an RGB picture, for previews; films are blended by `lay_in`.

    Args:
        picture: [H, W, 3] uint8; it is not changed.
        patch: What is drawn over it.

    Returns:
        The picture with the patch, [H, W, 3] uint8.
    """
    drawn = picture.copy()
    extent = mask_extent(patch.mask) if patch.alpha > 0 else None
    if extent is None:
        return drawn
    part = extent.crop(patch)
    values = [part.pixels.astype(np.float32), _weight(part)]
    (colours, weight), affine = _reduced(values, part.affine)
    _blend(drawn, colours, weight, affine, 255)
    return drawn


def _weight(patch: Patch) -> np.ndarray:
    """How much each of a patch's pixels counts, [h, w] float32, 0 to 1."""
    return np.asarray(patch.mask.astype(np.float32) * (patch.alpha / 255))


def _reduced(
    parts: Sequence[np.ndarray], affine: np.ndarray
) -> tuple[Sequence[np.ndarray], np.ndarray]:
    """Shrink a patch much finer than the picture, so that bilinear sampling does not alias.

    Each part of it is [h, w] or [h, w, C].
    """
    scale = float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))
    factor = int(1 / max(scale, 1e-6))
    if factor < 2:
        return parts, affine
    sides = parts[0].shape
    height, width = (max(1, side // factor) for side in sides[:2])
    ratio = np.array([sides[1] / width, sides[0] / height])
    small = [cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA) for part in parts]
    matrix = affine[:, :2] * ratio
    return small, np.column_stack([matrix, affine[:, :2] @ ((ratio - 1) / 2) + affine[:, 2]])


def onto_plane(affine: np.ndarray, shift: tuple[int, int]) -> np.ndarray:
    """Make an affine onto the picture one onto a subsampled plane of it.

    Chroma sits left horizontally, centred vertically.

    Args:
        affine: Onto the picture's pixels, [2, 3].
        shift: log2 of the plane's subsampling, (x, y).

    Returns:
        The affine onto the plane's samples, [2, 3].
    """
    scale = np.array([1 / (1 << shift[0]), 1 / (1 << shift[1])])
    offset = np.array([0.0, -0.25 if shift[1] else 0.0])
    return affine * scale[:, None] + np.column_stack([np.zeros((2, 2)), offset])


def _samples(frame: av.VideoFrame, index: int, bits: int) -> np.ndarray:
    """A writable view [H, W] of a frame's plane."""
    plane = frame.planes[index]
    dtype = np.uint8 if bits == 8 else np.uint16
    rows = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1)
    return rows[:, : plane.width]


def _blend(
    plane: np.ndarray, values: np.ndarray, weight: np.ndarray, affine: np.ndarray, peak: int
) -> None:
    """Mix values [h, w] or [h, w, C] into a plane [H, W] or [H, W, C] where their weight [h, w] is
    not zero.
    """
    height, width = weight.shape
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ affine.T
    low = np.maximum(np.floor(corners.min(0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(0)).astype(int) + 2, plane.shape[1::-1])
    size = high - low
    if (size <= 0).any():
        return
    local = affine - np.column_stack([np.zeros((2, 2)), low])
    # Bilinear sampling between pixels of about the same size blurs. Where a patch is reduced, cubic
    # sampling aliases; one that is enlarged more is laid in as the engines' own code does it.
    scale = float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))
    way = cv2.INTER_CUBIC if CUBIC_FROM <= scale <= CUBIC_TO else cv2.INTER_LINEAR
    mixed, share = (
        cv2.warpAffine(
            np.ascontiguousarray(given), local, tuple(size), flags=how, borderMode=border
        )
        for given, how, border in (
            (values, way, cv2.BORDER_REPLICATE),
            (weight, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT),
        )
    )
    region = plane[low[1] : high[1], low[0] : high[0]]
    mix(mixed, region, share, peak)
    region[...] = mixed
