"""Close-ups made sharp: a draft's faces restored, and cut back into patches.

A patch shows a part of a face, a restoring network wants the whole. So each patch is laid into its
picture, the face is brought to the place where the network was trained to see it, restored, and
brought back into the patch's own place, finer than it was. Mask and alpha stay the draft's: what
was the mezzanine's stays the mezzanine's.

Against flicker, the place follows the guard's face track, smoothed, instead of a face that is
looked for in each picture; and only detail is taken from the network: coarse light and colour stay
the draft's.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np

from ..core.chunks import chunks
from ..core.overlap import mapped, prefetched
from ..core.timeline import Clock
from ..media.mezzanine import probe_mezzanine
from .alignment import SIDE_PX, aligned_frame, onto_aligned, pitch
from .composite import Layout, lay_in_rgb, paired
from .patch import Patch

COARSE_PX = 16.0
"""Light and colour coarser than this, pixels of an aligned face, are the draft's."""

COARSE_STEP = 4
"""They are looked for in a picture reduced so many times."""

FEATHER_PX = 32
"""Width of the fade at the rim of an aligned face, beyond which the draft stays as it is."""

FINEST = 4
"""How many times finer a patch may become."""

BATCH_FRAMES = 16
"""Frames that are held at once."""

Restorer = Callable[[np.ndarray], np.ndarray]
"""Restores aligned faces: [N, 512, 512, 3] uint8 RGB to the same."""


@dataclass(frozen=True)
class Restoration:
    """How a cut's faces are restored.

    Attributes:
        places: Affines from aligned faces' pixels to the picture's, [T, 2, 3]: see `alignment`.
        factor: How many times finer patches become: see `fineness`.
        restorer: The network.
        strength: The share of what the network draws in what comes out, 0 to 1.
    """

    places: np.ndarray
    factor: int
    restorer: Restorer
    strength: float


def restored(
    mezzanine: Path,
    clock: Clock,
    patches: Iterable[Patch],
    restoration: Restoration,
    threads: int = 1,
) -> Iterator[Patch]:
    """Restore the faces of a cut's patches; those with an alpha of 0 are only made finer.

    Faces are cut out, restored and brought back at the same time, of different frames.

    Args:
        mezzanine: The film's mezzanine.
        clock: The cut's frames.
        patches: One a frame, in order.
        restoration: Where the faces are, and how they are restored.
        threads: How many frames are worked on at once, besides those that the network has.

    Yields:
        The patches, in order, on a grid `restoration.factor` times finer.
    """

    def drawn(batches: Iterable[list[_Shown]]) -> Iterator[tuple[_Shown, np.ndarray | None]]:
        for batch in batches:
            faces = [shown.face for shown in batch if shown.face is not None]
            sharp = iter(restoration.restorer(np.stack(faces)) if faces else ())
            yield from ((one, None if one.face is None else next(sharp)) for one in batch)

    def finished(given: tuple[_Shown, np.ndarray | None]) -> Patch:
        shown, sharp = given
        finer = refined(shown.patch, restoration.factor)
        if shown.face is None or sharp is None:
            return finer
        detail = found_detail(shown.face, sharp)
        detail *= restoration.strength
        return with_detail(finer, detail, shown.place)

    with ThreadPoolExecutor(threads) as pool:
        faces = _shown_faces(mezzanine, clock, patches, restoration.places, pool, threads)
        with prefetched(chunks(faces, BATCH_FRAMES), waiting=1) as batches:
            yield from mapped(pool, finished, drawn(batches), 2 * threads)


def fineness(affine: np.ndarray, places: np.ndarray) -> int:
    """Choose how much finer patches become to show all that the network, or the picture, can.

    Args:
        affine: The affines of the patches that are drawn, [N, 2, 3].
        places: Where the network is shown the same frames' faces, [N, 2, 3].

    Returns:
        A whole factor, 1 to `FINEST`.
    """
    needed = [
        pitch(one) / max(1.0, pitch(place)) for one, place in zip(affine, places, strict=True)
    ]
    return int(np.clip(np.ceil(np.median(needed) - 0.01), 1, FINEST))


def refined(patch: Patch, factor: int) -> Patch:
    """Put a patch on a finer grid.

    Its mask does not grow: where a sample of the finer mask is not zero, neither is the coarse
    mask's interpolation.

    Args:
        patch: The patch.
        factor: How many times finer.

    Returns:
        The patch, `factor` times as many pixels a side, in the same place.
    """
    if factor == 1:
        return patch
    height, width = (side * factor for side in patch.mask.shape)
    mask = cv2.resize(patch.mask, (width, height), interpolation=cv2.INTER_LINEAR)
    # Pixel centres: x = (x' + 1/2) / factor - 1/2.
    shift = patch.affine[:, :2] @ np.full(2, (1 / factor - 1) / 2)
    return replace(
        patch,
        pixels=cv2.resize(patch.pixels, (width, height), interpolation=cv2.INTER_CUBIC),
        # One sample off the rim, which the compositor's own interpolation takes in again.
        mask=cv2.erode(mask, np.ones((3, 3), np.uint8)),
        affine=np.column_stack([patch.affine[:, :2] / factor, patch.affine[:, 2] + shift]),
    )


@dataclass(frozen=True)
class _Shown:
    """A patch, its face's place, and the face [512, 512, 3] with the patch at full strength.

    There is no face where nothing is drawn.
    """

    patch: Patch
    place: np.ndarray
    face: np.ndarray | None


def _shown_faces(
    mezzanine: Path,
    clock: Clock,
    patches: Iterable[Patch],
    places: np.ndarray,
    pool: Executor,
    threads: int,
) -> Iterator[_Shown]:
    """What a network is shown of each frame."""
    layout = Layout.of(probe_mezzanine(mezzanine))

    def show(given: tuple[tuple[av.VideoFrame, Patch], np.ndarray]) -> _Shown:
        (frame, patch), place = given
        if patch.alpha <= 0:
            return _Shown(patch, place, None)
        filmed = aligned_frame(frame, layout, place)
        drawn = onto_aligned(replace(patch, alpha=1.0), place)
        return _Shown(patch, place, lay_in_rgb(filmed, drawn))

    stream = zip(paired(mezzanine, clock, patches, threads), places, strict=True)
    yield from mapped(pool, show, stream, 2 * threads)


def found_detail(face: np.ndarray, restored_face: np.ndarray) -> np.ndarray:
    """Find what a network added to a face, apart from coarse light and colour.

    Args:
        face: What it was shown, [512, 512, 3] uint8.
        restored_face: What it drew, [512, 512, 3] uint8.

    Returns:
        The difference, which fades at the rim, [512, 512, 3] float32.
    """
    detail = cv2.subtract(restored_face, face, dtype=cv2.CV_32F)
    detail -= _coarse(detail)
    detail *= _RIM
    return detail


def _coarse(detail: np.ndarray) -> np.ndarray:
    """What of [512, 512, 3] float32 is coarser than `COARSE_PX`."""
    side = SIDE_PX // COARSE_STEP
    small = cv2.resize(detail, (side, side), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), COARSE_PX / COARSE_STEP)
    return cv2.resize(small, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)


def _rim() -> np.ndarray:
    """The weights [512, 512, 3] of an aligned face: 1, but falling to 0 at its rim."""
    edge = np.minimum(np.arange(SIDE_PX), np.arange(SIDE_PX)[::-1]) / FEATHER_PX
    ramp = np.clip(edge, 0, 1).astype(np.float32)
    return np.repeat((ramp[:, None] * ramp)[..., None], 3, -1)


_RIM = _rim()


def with_detail(patch: Patch, detail: np.ndarray, place: np.ndarray) -> Patch:
    """Add detail to a patch. What is too fine for its grid is averaged: sampled, it would flicker.

    Args:
        patch: The patch.
        detail: Levels of 255 to add, [512, 512, 3] float32.
        place: The affine from its pixels to the picture's, [2, 3].

    Returns:
        The patch.
    """
    step = pitch(patch.affine) / pitch(place)
    if step > 1:
        detail = cv2.GaussianBlur(detail, (0, 0), 0.5 * np.sqrt(step**2 - 1))
    way = cv2.invertAffineTransform(patch.affine) @ np.vstack([place, [0, 0, 1]])
    moved = cv2.warpAffine(detail, way, patch.pixels.shape[1::-1], flags=cv2.INTER_CUBIC)
    return replace(patch, pixels=cv2.add(patch.pixels, moved, dtype=cv2.CV_8U))
