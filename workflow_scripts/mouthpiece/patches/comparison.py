"""Drafts of one cut, compared in their pictures: do they flicker, is it still the same person?"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise
from pathlib import Path

import av
import cv2
import numpy as np

from ..core.overlap import mapped, prefetched
from ..core.timeline import Clock
from ..faces.chip import chip
from ..faces.track import Track
from ..media.decode import read_frames
from ..media.mezzanine import probe_mezzanine
from .alignment import SIDE_PX, STEADY_S, aligned_frame, alignment, onto_aligned
from .composite import Layout, lay_in_rgb
from .patch import Patch
from .warp_error import NO_ERROR, Faces, WarpError, warp_error

COMPARED_PX = 256
"""The side of the faces that are compared: half of the aligned ones."""

IDENTITY_FRAMES = 12
"""The faces whose identity is compared, at most, evenly over the frames that are drawn."""

Embed = Callable[[np.ndarray], np.ndarray]
"""Faces as `faces.chip.chip` cuts them out, [N, 150, 150, 3] uint8, to [N, D] float32."""


@dataclass(frozen=True)
class Figures:
    """What was measured of a draft.

    Attributes:
        warp_error: See `warp_error.WarpError`; None where no two frames in a row are drawn.
        identity_distance: How far apart the drawn face and the filmed one are, as `embed` describes
            them: Euclidean, mean over the frames that are compared. None where none are.
    """

    warp_error: float | None
    identity_distance: float | None


def compare(
    mezzanine: Path,
    clock: Clock,
    track: Track,
    drafts: Sequence[Iterable[Patch]],
    embed: Embed | None,
    threads: int = 1,
) -> list[Figures]:
    """Measure drafts that draw the same frames.

    Args:
        mezzanine: The film's mezzanine.
        clock: The cut's frames.
        track: The face in these frames.
        drafts: Their patches, one a frame, in order. The motion is that of the first draft.
        embed: What tells people apart; None: they are not compared.
        threads: How many frames are looked at at once; the figures do not depend on it.

    Returns:
        The figures of each draft.
    """
    places = alignment(track.points, STEADY_S * float(clock.rate))
    every = max(1, clock.frames // IDENTITY_FRAMES) if embed else 0
    frames = read_frames(mezzanine, clock, threads)
    given = zip(range(clock.frames), frames, places, track.points, *drafts, strict=True)
    total: WarpError = NO_ERROR
    chips: list[tuple[np.ndarray, ...]] = []
    with prefetched(given, threads) as ahead, ThreadPoolExecutor(threads) as pool:
        look = partial(_look, layout=Layout.of(probe_mezzanine(mezzanine)), every=every)
        looks = mapped(pool, lambda one: look(*one), ahead, 2 * threads)
        nothing = _Look(None, ())
        pairs = mapped(pool, _pair, pairwise(chain([nothing], looks)), 2 * threads)
        for error, shown in pairs:
            total += error
            chips += [shown] if shown else []
    unknown = [None] * len(drafts)
    distances = _distances(chips, embed) if embed and chips else unknown
    return [Figures(*both) for both in zip(total.shares or unknown, distances, strict=True)]


@dataclass(frozen=True)
class _Look:
    """What is compared of a frame: its faces, if they are drawn; chips of the filmed and of each
    drawn face, if their identity is compared here.
    """

    faces: Faces | None
    chips: tuple[np.ndarray, ...]


def _look(
    number: int,
    frame: av.VideoFrame,
    place: np.ndarray,
    points: np.ndarray,
    *patches: Patch,
    layout: Layout,
    every: int,
) -> _Look:
    if patches[0].alpha <= 0:
        return _Look(None, ())
    filmed = aligned_frame(frame, layout, place)
    shown = [_half(lay_in_rgb(filmed, onto_aligned(patch, place))) for patch in patches]
    lumas = tuple(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY) for face in shown)
    chips: tuple[np.ndarray, ...] = ()
    if every and number % every == 0:
        onto = cv2.invertAffineTransform(place)
        mesh = (points[:, :2] @ onto[:, :2].T + onto[:, 2] + 0.5) / 2 - 0.5
        chips = tuple(chip(face, mesh) for face in (_half(filmed), *shown))
    return _Look(Faces(lumas, _weight(onto_aligned(patches[0], place))), chips)


def _pair(looks: tuple[_Look, _Look]) -> tuple[WarpError, tuple[np.ndarray, ...]]:
    """The error from a frame to the next, and the next one's chips."""
    before, after = (look.faces for look in looks)
    error = warp_error(before, after) if before and after else NO_ERROR
    return error, looks[1].chips


def _distances(chips: list[tuple[np.ndarray, ...]], embed: Embed) -> list[float]:
    """How far each draft is from what was filmed."""
    described = embed(np.stack([face for faces in chips for face in faces]))
    filmed, *drawn = described.reshape(len(chips), len(chips[0]), -1).swapaxes(0, 1)
    return [float(np.linalg.norm(one - filmed, axis=1).mean()) for one in drawn]


def _half(face: np.ndarray) -> np.ndarray:
    half: np.ndarray = cv2.resize(face, (COMPARED_PX, COMPARED_PX), interpolation=cv2.INTER_AREA)
    return half


def _weight(patch: Patch) -> np.ndarray:
    """How much of an aligned face is drawn, 0 to 1, [256, 256] float32."""
    mask = cv2.warpAffine(patch.mask, patch.affine, (SIDE_PX, SIDE_PX))
    return _half(mask).astype(np.float32) * (patch.alpha / 255)
