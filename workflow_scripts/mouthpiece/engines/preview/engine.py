"""The embedded engine: sound drives the lips of the person's own picture. A preview, not a final.

The lower face of every frame is warped so that its mouth takes the shape that the sound asks for,
whatever it did before. Its lips come from two of the person's own frames, one that shows them shut
and one that shows them open; between them appears the person's own inner mouth, from one frame, or
a painted one where no frame shows it. In silence the lips are closed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...audio.silence import opacity, shut
from ...audio.speech import Speech
from ...audio.voice_activity import voiceless
from ...core.chunks import chunks
from ...core.spans import find_spans
from ...core.timeline import Clock
from ...faces.track import Track
from ...media.region import Region
from ...patches.patch import Extent, Patch, mask_extent
from ..avatar_file import check_frames
from . import avatar as avatars
from . import draw, shape
from .bake import SIZES_PX, bake
from .canvas import Canvas, patch_mask
from .donors import between
from .motion import LipMotion, NetworkMotion
from .own_range import in_own_range
from .settings import PreviewSettings
from .warp import smoothstep

SHUT_APERTURE, STILL_APERTURE = 0.02, 0.02
"""A source mouth open by at most the first, moving by at most the second a frame, is shut; in mouth
widths at rest."""

SHUT_SHARE = 0.05
"""The share of the person's range of opening, as the mesh sees it, up to which a mouth is shut."""

VOICELESS_S = 0.3
"""Seconds without a voice from which music and noise are no speech."""

SHUT_S = 0.2
"""Seconds of silence from which the lips are closed in it."""

PRESSED = 0.6
"""How firmly lips are pressed together in silence, 0 to 1."""

CLOSING_FRAMES = 2
"""Frames after the sound in which lips close, and before it in which they open."""

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
            settings: Its settings; what they leave open is decided now.
            motion: What turns sound into mouth shapes; None: the embedded network.
        """
        self._settings = settings.resolved()
        self.loaded = motion or NetworkMotion()

    @property
    def patch_px(self) -> int:
        """See `Engine`."""
        size = self._settings.size_px
        return SIZES_PX[1] if size == "auto" else size

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
        motion = self.loaded(speech, clock, self._settings.hears_phones)
        controls = motion.controls.astype(np.float64)
        silent = motion.silent | voiceless(speech, clock, VOICELESS_S)
        controls = in_own_range(controls, ~silent, person.mouth)
        controls[:, [0, 2]] *= self._settings.strength
        controls[:, 0] *= 1 - controls[:, 3]
        moved = _eased(silent, clock)
        controls *= moved[:, None]
        controls[:, 1] += 1 - moved
        controls[:, 3] = np.maximum(controls[:, 3], PRESSED * (1 - moved))
        frames = list(clock.frame_order)
        unsure = person.beyond_shut / max(SHUT_SHARE * np.quantile(person.beyond_shut, 0.95), 1e-3)
        open_by = np.maximum(person.mouth[:, 0], SHUT_APERTURE * unsure)[frames]
        alpha = opacity(idle(controls[:, 0], silent, open_by), clock)
        return _patches(person, controls, alpha, clock.frame_order)

    def extent(self, avatar: Path, clock: Clock) -> Extent | None:
        """See `Engine.extent`."""
        return mask_extent(patch_mask(avatars.load_size(avatar)))

    def facts(self, avatar: Path) -> dict[str, Any]:
        """See `Engine.facts`: what heard the speech."""
        return {"hearing": "phones" if self._settings.hears_phones else "bands"}


def _patches(
    person: avatars.Avatar, controls: np.ndarray, alpha: np.ndarray, order: range
) -> Iterator[Patch]:
    """Patches for controls [N, 4] and alpha [N], of the avatar's frames in this order."""
    canvas = Canvas.of(person)
    apertures = controls[:, 0]
    crops = person.crops.read(order)
    for block in chunks(range(len(order)), BLOCK_FRAMES):
        frames = order[block[0] : block[-1] + 1]
        targets = _targets(person, controls[block], frames)
        for i, frame, target in zip(block, frames, targets, strict=True):
            wanted = draw.Wanted(target, float(apertures[i]))
            pixels = draw.draw_patch(person, canvas, frame, next(crops), wanted)
            yield Patch(pixels, canvas.mask, person.affine[frame], float(alpha[i]))


def _targets(person: avatars.Avatar, controls: np.ndarray, order: range) -> np.ndarray:
    """Where lips and chin shall be, [N, 468, 2] crop pixels, for controls [N, 4].

    The person's own shapes, nearest in opening, moved the rest of the way, and posed as in the
    frames of `order`.
    """
    donors = np.zeros((len(person.donor_mouths), controls.shape[1]))
    donors[:, :2] = person.donor_mouths
    donors[:, 2] = shape.JAW_SHARE * donors[:, 0]
    pairs, shares = between(controls[:, 0], donors[:, 0])
    weights = np.stack([1 - shares, shares], 1)
    own = np.einsum("tk,tknc->tnc", weights, person.donor_shapes[pairs])
    lacking = controls - np.einsum("tk,tkc->tc", weights, donors[pairs])
    return person.place(own + shape.displacement(person.rest, lacking), order)


def _eased(silent: np.ndarray, clock: Clock) -> np.ndarray:
    """How far the mouth may move in each frame, [T]: 1 in speech, eased to 0 in silences."""
    spoken = np.ones(len(silent), bool)
    for first, end in find_spans(silent):
        spoken[first:end] = end - first <= SHUT_S * clock.rate
    if not spoken.any():
        return np.zeros(len(silent))
    at = np.flatnonzero(spoken)
    frame = np.arange(len(silent))
    after = frame - at[np.clip(np.searchsorted(at, frame, "right") - 1, 0, None)]
    before = at[np.clip(np.searchsorted(at, frame), None, len(at) - 1)] - frame
    away = np.minimum(np.abs(after), np.abs(before))
    return np.asarray(smoothstep(1 - away / (CLOSING_FRAMES + 1)), np.float64)


def idle(aperture: np.ndarray, silent: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Find the frames in which nobody speaks and both mouths are shut.

    Args:
        aperture: How far the mouth shall be open, [T], in mouth widths at rest.
        silent: Whether nobody speaks, [T] bool.
        source: The source's own aperture, [T].

    Returns:
        [T] bool.
    """
    closed = shut(source, SHUT_APERTURE, STILL_APERTURE)
    return np.asarray(silent & closed & (aperture < 0.01))
