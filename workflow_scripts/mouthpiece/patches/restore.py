"""Close-ups made sharp: a draft's faces restored, and cut back into patches.

A patch shows a part of a face, a restoring network wants the whole. So each patch is laid into its
picture, the face is brought to the place where the network was trained to see it, restored, and
brought back into the patch's own place, finer than it was. Mask and alpha stay the draft's: what
was the mezzanine's stays the mezzanine's.

Against flicker, the place follows the guard's face track, smoothed, instead of a face that is
looked for anew; and only detail is taken from the network: coarse light and colour stay the
draft's.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from scipy.ndimage import gaussian_filter1d

from ..core.batches import chunks
from ..core.timeline import Clock
from ..faces.track import Track
from ..media.decode import to_rgb
from .composite import composited
from .patch_set import PatchSet

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

BATCH_FACES = 16
"""Faces that are held at once."""

Restorer = Callable[[np.ndarray], np.ndarray]
"""Restores aligned faces: [N, 512, 512, 3] uint8 RGB to the same."""


def restored(
    mezzanine: Path,
    clock: Clock,
    track: Track,
    patches: PatchSet,
    restorer: Restorer,
    strength: float,
) -> PatchSet:
    """The patches of a cut with their faces restored, as fine as the picture can show.

    strength: the share of what the network draws in what comes out, 0 to 1. Patches with an alpha
    of 0 are left.
    """
    places = alignment(track.points, STEADY_S * float(clock.rate))
    drawn = np.flatnonzero(patches.alpha > 0)
    finer = refined(patches, _fineness(patches.affine[drawn], places[drawn]))
    faces = _faces(mezzanine, clock, patches, places)
    rim = _rim()
    for batch in chunks(zip(drawn, faces, strict=True), BATCH_FACES):
        shown = np.stack([face for _, face in batch])
        for (i, face), sharp in zip(batch, restorer(shown), strict=True):
            detail = sharp.astype(np.float32) - face
            detail -= cv2.GaussianBlur(detail, (0, 0), COARSE_PX)
            _add(finer.pixels[i], detail * (strength * rim), places[i], finer.affine[i])
    return finer


def alignment(points: np.ndarray, sigma_frames: float) -> np.ndarray:
    """Affines [T, 2, 3] from aligned faces' pixels to the picture's, for meshes [T, 468, 2 or 3].

    Per frame the similarity that brings `TEMPLATE_PX` nearest to the five points (least squares),
    smoothed over time.
    """
    five = np.stack([points[:, list(group), :2].mean(1) for group in MESH], 1).astype(np.float64)
    five = gaussian_filter1d(five, sigma_frames, axis=0, mode="nearest")
    # Of x = a u - b v + s, y = b u + a v + t the parameters (a, b, s, t) are linear in x and y.
    u, v = np.array(TEMPLATE_PX).T
    one, zero = np.ones_like(u), np.zeros_like(u)
    design = np.concatenate([np.stack([u, -v, one, zero], 1), np.stack([v, u, zero, one], 1)])
    seen = np.concatenate([five[..., 0], five[..., 1]], 1)
    a, b, s, t = np.linalg.pinv(design) @ seen.T
    return np.stack([np.stack([a, -b, s], -1), np.stack([b, a, t], -1)], 1)


def refined(patches: PatchSet, factor: int) -> PatchSet:
    """The same patches on a grid `factor` times finer.

    Masks grow by nothing: a sample that is not zero lies where the coarse mask's interpolation is
    not.
    """
    if factor == 1:
        return replace(patches, pixels=patches.pixels.copy())
    height, width = (side * factor for side in patches.pixels.shape[1:3])
    pixels = [_resized(p, (width, height), cv2.INTER_CUBIC) for p in patches.pixels]
    masks = [_resized(m, (width, height), cv2.INTER_LINEAR) for m in patches.masks]
    # One sample off the rim, which the compositor's own interpolation takes in again.
    kernel = np.ones((3, 3), np.uint8)
    # Pixel centres: x = (x' + 1/2) / factor - 1/2.
    shift = patches.affine[..., :2] @ np.full(2, (1 / factor - 1) / 2)
    return replace(
        patches,
        pixels=np.stack(pixels),
        masks=np.stack([cv2.erode(mask, kernel) for mask in masks]),
        affine=np.concatenate(
            [patches.affine[..., :2] / factor, (patches.affine[..., 2] + shift)[..., None]], -1
        ),
    )


def aligned(picture: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The face [512, 512, 3] of a picture [H, W, 3] at a place [2, 3]; a larger one is averaged."""
    factor = max(1, int(pitch(place)))
    fine = place.copy()
    fine[:, :2] /= factor
    fine[:, 2] += place[:, :2] @ np.full(2, (1 / factor - 1) / 2)
    side = SIDE_PX * factor
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    face = cv2.warpAffine(picture, fine, (side, side), flags=flags, borderValue=GREY)
    return _resized(face, (SIDE_PX, SIDE_PX), cv2.INTER_AREA)


def pitch(affine: np.ndarray) -> float:
    """How far apart pixels that an affine [2, 3] takes to the picture come to lie there."""
    return float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))


def _fineness(affines: np.ndarray, places: np.ndarray) -> int:
    """How many times finer patches must be to show all that the network, or the picture, can."""
    needed = [
        pitch(affine) / max(1.0, pitch(place))
        for affine, place in zip(affines, places, strict=True)
    ]
    return int(np.clip(np.ceil(np.median(needed) - 0.01), 1, FINEST))


def _faces(
    mezzanine: Path, clock: Clock, patches: PatchSet, places: np.ndarray
) -> Iterator[np.ndarray]:
    """The aligned faces of the frames that are drawn, their patches laid in at full strength."""
    drawn = patches.alpha > 0
    opaque = replace(patches, alpha=drawn.astype(np.float32))
    reformatter = VideoReformatter()
    for i, frame in enumerate(composited(mezzanine, clock, opaque)):
        if drawn[i]:
            yield aligned(to_rgb(frame, reformatter), places[i])


def _rim() -> np.ndarray:
    """The weights [512, 512, 1] of an aligned face: 1, but falling to 0 at its rim."""
    edge = np.minimum(np.arange(SIDE_PX), np.arange(SIDE_PX)[::-1]) / FEATHER_PX
    ramp = np.clip(edge, 0, 1).astype(np.float32)
    return (ramp[:, None] * ramp)[..., None]


def _add(pixels: np.ndarray, detail: np.ndarray, place: np.ndarray, affine: np.ndarray) -> None:
    """Add detail [512, 512, 3] at a place in the picture to a patch [H, W, 3], in place."""
    way = cv2.invertAffineTransform(affine) @ np.vstack([place, [0, 0, 1]])
    moved = cv2.warpAffine(detail, way, pixels.shape[1::-1], flags=cv2.INTER_CUBIC)
    pixels[...] = np.clip(np.rint(pixels + moved), 0, 255)


def _resized(image: np.ndarray, size: tuple[int, int], how: int) -> np.ndarray:
    return image if image.shape[1::-1] == size else cv2.resize(image, size, interpolation=how)
