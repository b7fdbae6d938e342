"""Close-ups made sharp: a draft's faces restored, and cut back into patches.

A patch shows a part of a face, a restoring network wants the whole. So each patch is laid into its
picture, the face is brought to the place where the network was trained to see it, restored, and
brought back into the patch's own place, finer than it was. Mask and alpha stay the draft's: what
was the mezzanine's stays the mezzanine's.

Against flicker, the place follows the guard's face track, smoothed, instead of a face that is
looked for in each picture; and only detail is taken from the network: coarse light and colour stay
the draft's.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from ..core.chunks import chunks
from ..core.curves import gaussian
from ..core.timeline import Clock
from ..media.decode import to_rgb
from .composite import composited
from .patch import Patch

SIDE_PX = 512

TEMPLATE_PX = (
    (192.98138, 239.94708),
    (318.90277, 240.1936),
    (256.63416, 314.01935),
    (201.26117, 371.41043),
    (313.08905, 371.15118),
)
"""Where the eyes, the tip of the nose and the mouth's corners lie in a face of 512 x 512, left to
right: FFHQ's alignment (Karras et al., arXiv:1812.04948), as restoring networks are trained on."""

MESH = ((33, 133, 159, 145), (362, 263, 386, 374), (1,), (61,), (291,))
"""The mesh points whose means are these five."""

STEADY_S = 0.1
"""Standard deviation of the place's smoothing over time. The way back undoes the very way there, so
that it shifts nothing."""

GREY = (132, 133, 135)
"""What lies beyond the picture's edge, RGB, as in the network's public code."""

COARSE_PX = 16.0
"""Light and colour coarser than this, pixels of an aligned face, are the draft's."""

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
    mezzanine: Path, clock: Clock, patches: Iterable[Patch], restoration: Restoration
) -> Iterator[Patch]:
    """Restore the faces of a cut's patches; those with an alpha of 0 are only made finer.

    Args:
        mezzanine: The film's mezzanine.
        clock: The cut's frames.
        patches: One a frame, in order.
        restoration: Where the faces are, and how they are restored.

    Yields:
        The patches, in order, on a grid `restoration.factor` times finer.
    """
    rim = _rim()
    faces = _aligned_faces(mezzanine, clock, patches, restoration.places)
    for batch in chunks(faces, BATCH_FRAMES):
        shown = [face for _, _, face in batch if face is not None]
        sharp = iter(restoration.restorer(np.stack(shown)) if shown else ())
        for patch, place, face in batch:
            finer = refined(patch, restoration.factor)
            if face is not None:
                detail = next(sharp).astype(np.float32) - face
                detail -= cv2.GaussianBlur(detail, (0, 0), COARSE_PX)
                finer = _with_detail(finer, detail * (restoration.strength * rim), place)
            yield finer


def alignment(points: np.ndarray, sigma_frames: float) -> np.ndarray:
    """Find where a network is shown the face of each frame.

    Per frame the similarity that brings `TEMPLATE_PX` nearest to the five points (least squares),
    smoothed over time.

    Args:
        points: Face meshes, [T, 468, 2 or 3], in picture pixels.
        sigma_frames: Standard deviation of the smoothing, in frames.

    Returns:
        Affines from aligned faces' pixels to the picture's, [T, 2, 3] float64.
    """
    five = np.stack([points[:, list(group), :2].mean(1) for group in MESH], 1).astype(np.float64)
    five = gaussian(five, sigma_frames)
    # Of x = a u - b v + s, y = b u + a v + t the parameters (a, b, s, t) are linear in x and y.
    u, v = np.array(TEMPLATE_PX).T
    one, zero = np.ones_like(u), np.zeros_like(u)
    design = np.concatenate([np.stack([u, -v, one, zero], 1), np.stack([v, u, zero, one], 1)])
    seen = np.concatenate([five[..., 0], five[..., 1]], 1)
    a, b, s, t = np.linalg.pinv(design) @ seen.T
    return np.stack([np.stack([a, -b, s], -1), np.stack([b, a, t], -1)], 1)


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


def aligned(picture: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Cut an aligned face out of a picture; a face of more pixels is averaged.

    Args:
        picture: RGB, [H, W, 3] uint8.
        place: The affine from the aligned face's pixels to the picture's, [2, 3].

    Returns:
        The face, [512, 512, 3] uint8.
    """
    factor = max(1, int(pitch(place)))
    fine = place.copy()
    fine[:, :2] /= factor
    fine[:, 2] += place[:, :2] @ np.full(2, (1 / factor - 1) / 2)
    side = SIDE_PX * factor
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    face = cv2.warpAffine(picture, fine, (side, side), flags=flags, borderValue=GREY)
    if factor == 1:
        return face
    return cv2.resize(face, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)


def pitch(affine: np.ndarray) -> float:
    """Measure how far apart neighbouring pixels come to lie.

    Args:
        affine: From the pixels to the picture, [2, 3].

    Returns:
        Their distance in picture pixels.
    """
    return float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))


def _aligned_faces(
    mezzanine: Path, clock: Clock, patches: Iterable[Patch], places: np.ndarray
) -> Iterator[tuple[Patch, np.ndarray, np.ndarray | None]]:
    """Each patch, its face's place, and the face with the patch laid in at full strength.

    There is no face where nothing is drawn.
    """
    given: deque[Patch] = deque()

    def opaque() -> Iterator[Patch]:
        for patch in patches:
            given.append(patch)
            yield replace(patch, alpha=float(patch.alpha > 0))

    reformatter = VideoReformatter()
    for frame, place in zip(composited(mezzanine, clock, opaque()), places, strict=True):
        patch = given.popleft()
        face = aligned(to_rgb(frame, reformatter), place) if patch.alpha > 0 else None
        yield patch, place, face


def _rim() -> np.ndarray:
    """The weights [512, 512, 1] of an aligned face: 1, but falling to 0 at its rim."""
    edge = np.minimum(np.arange(SIDE_PX), np.arange(SIDE_PX)[::-1]) / FEATHER_PX
    ramp = np.clip(edge, 0, 1).astype(np.float32)
    return (ramp[:, None] * ramp)[..., None]


def _with_detail(patch: Patch, detail: np.ndarray, place: np.ndarray) -> Patch:
    """The patch with detail [512, 512, 3] added at a place in the picture."""
    way = cv2.invertAffineTransform(patch.affine) @ np.vstack([place, [0, 0, 1]])
    moved = cv2.warpAffine(detail, way, patch.pixels.shape[1::-1], flags=cv2.INTER_CUBIC)
    pixels = np.clip(np.rint(patch.pixels + moved), 0, 255).astype(np.uint8)
    return replace(patch, pixels=pixels)
