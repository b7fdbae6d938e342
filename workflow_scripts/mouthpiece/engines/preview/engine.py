"""The embedded engine: sound drives the lips of the person's own picture. A preview, not a final.

The lower face of every frame is warped so that its mouth takes the shape that the sound asks for,
whatever it did before. Lips come from the person's own frames, nearest in opening; between them
appears the person's own inner mouth, or a painted one where no frame shows it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...audio.silence import opacity, shut
from ...audio.speech import Speech
from ...core.chunks import chunks
from ...core.timeline import Clock
from ...faces.track import Track
from ...media.region import Region
from ...patches.patch import Extent, Patch, mask_extent
from ..avatar_file import check_frames
from . import avatar as avatars
from . import draw, shape
from .bake import bake
from .donors import between
from .motion import LipMotion, Motion, NetworkMotion
from .settings import PreviewSettings

SHUT_APERTURE, STILL_APERTURE = 0.05, 0.02
"""A source mouth open by at most the first, moving by at most the second a frame, is shut; in mouth
widths at rest."""

BLOCK_FRAMES = 64
"""Frames whose meshes are computed at once."""


class Preview:
    """See `Engine`. `loaded`: what turns sound into mouth shapes."""

    window_frames = 1
    overlap_frames = 0
    needs_clip = False

    def __init__(self, settings: PreviewSettings, motion: LipMotion | None = None) -> None:
        """Build the engine.

        Args:
            settings: Its settings.
            motion: What turns sound into mouth shapes; None: the embedded network.
        """
        self._settings = settings
        self.loaded = motion or NetworkMotion()

    @property
    def patch_px(self) -> int:
        """See `Engine`."""
        return self._settings.size_px

    def warm_up(self) -> None:
        """See `Engine.warm_up`: nothing takes long."""

    def region(self, track: Track, height: int, width: int) -> Region | None:
        """See `Engine.region`: all."""
        return None

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """See `Engine.prepare`."""
        bake(pictures, track, self._settings.size_px, avatar)

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> Iterator[Patch]:
        """See `Engine.render`."""
        person = avatars.load(avatar)
        check_frames(avatar, person.frames, clock)
        motion = self.loaded(speech, clock, self._settings.lip_offset_frames)
        controls = motion.controls.astype(np.float64)
        controls[:, [0, 2]] *= self._settings.strength
        controls[:, 0] *= 1 - controls[:, 3]
        mouth = person.mouth[list(clock.frame_order), 0]
        alpha = opacity(idle(motion, mouth), clock)
        return _patches(person, controls, alpha, clock.frame_order)

    def extent(self, avatar: Path, clock: Clock) -> Extent | None:
        """See `Engine.extent`."""
        return mask_extent(draw.patch_mask(avatars.load_size(avatar)))

    def facts(self, avatar: Path) -> dict[str, Any]:
        """See `Engine.facts`: nothing."""
        return {}


def _patches(
    person: avatars.Avatar, controls: np.ndarray, alpha: np.ndarray, order: range
) -> Iterator[Patch]:
    """Patches for controls [N, 4] and alpha [N], of the avatar's frames in this order."""
    canvas = draw.Canvas.of(person)
    apertures = controls[:, 0]
    lips = _shares(apertures, person.donor_apertures, person.donors)
    inner_apertures = np.array([one.aperture for one in canvas.inners])
    inners = _shares(apertures, inner_apertures, np.arange(len(canvas.inners)))
    crops = person.crops.read(order)
    for block in chunks(range(len(order)), BLOCK_FRAMES):
        frames = order[block[0] : block[-1] + 1]
        targets = _targets(person, controls[block], frames)
        for i, frame, target in zip(block, frames, targets, strict=True):
            wanted = draw.Wanted(target, float(apertures[i]), lips[i], inners[i])
            pixels = draw.draw_patch(person, canvas, frame, next(crops), wanted)
            yield Patch(pixels, canvas.mask, person.affine[frame], float(alpha[i]))


def _targets(person: avatars.Avatar, controls: np.ndarray, order: range) -> np.ndarray:
    """Where lips and chin shall be, [N, 468, 2] crop pixels, for controls [N, 4].

    The person's own shapes, nearest in opening, moved the rest of the way, and posed as in the
    frames of `order`.
    """
    donors = np.zeros((len(person.donors), controls.shape[1]))
    donors[:, :2] = person.mouth[person.donors]
    donors[:, 2] = shape.JAW_SHARE * donors[:, 0]
    if donors[0, 0] <= shape.SHUT_LIMIT:
        donors[0] = (0, 1, 0, 0)
    pairs, shares = between(controls[:, 0], person.donor_apertures)
    weights = np.stack([1 - shares, shares], 1)
    own = np.einsum("tk,tknc->tnc", weights, person.donor_shapes[pairs])
    lacking = controls - np.einsum("tk,tkc->tc", weights, donors[pairs])
    return person.place(own + shape.displacement(person.rest, lacking), order)


def _shares(
    values: np.ndarray, levels: np.ndarray, names: np.ndarray
) -> list[list[tuple[int, float]]]:
    """For each value, the names of the one or two levels to mix, with their shares."""
    pairs, shares = between(values, levels)
    mixes = []
    for (low, high), share in zip(pairs, shares, strict=True):
        mix = [(int(names[low]), 1 - float(share)), (int(names[high]), float(share))]
        mixes.append([item for item in mix if item[1] > 0])
    return mixes


def idle(motion: Motion, aperture: np.ndarray) -> np.ndarray:
    """Find the frames in which nobody speaks and the source's mouth is shut.

    Args:
        motion: What the mouth shall do, over T frames.
        aperture: The source's own aperture, [T], in mouth widths at rest.

    Returns:
        [T] bool.
    """
    closed = shut(aperture, SHUT_APERTURE, STILL_APERTURE)
    return np.asarray(motion.silent & closed & (motion.controls[:, 0] < 0.01))
