"""The embedded engine: sound drives the lips of the person's own picture. A preview, not a final.

The lower face of every frame is warped so that its mouth takes the shape that the sound asks for,
whatever it did before. Lips come from the person's own frames, nearest in opening; between them
appears the person's own inner mouth, or a painted one where no frame shows it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...audio.silence import opacity, shut
from ...audio.speech import Speech
from ...core.timeline import Clock
from ...faces.track import Track
from ...patches.patch_set import PatchSet
from . import avatar as avatars
from . import draw, shape
from .lips import between
from .motion import LipMotion, Motion, NetworkMotion
from .settings import PreviewSettings

SHUT_APERTURE, STILL_APERTURE = 0.05, 0.02
"""A source mouth open by at most the first, moving by at most the second a frame, is shut; in mouth
widths at rest."""


class Preview:
    """See `engines.Engine`."""

    def __init__(self, settings: PreviewSettings, motion: LipMotion | None = None) -> None:
        """Make the engine; `motion` is what turns sound into mouth shapes."""
        self._settings = settings
        self.loaded = motion or NetworkMotion()

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """See `engines.Engine.prepare`."""
        avatars.save(avatars.bake(pictures, track, self._settings.size_px), avatar)

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> PatchSet:
        """See `engines.Engine.render`."""
        person = avatars.load(avatar)
        if person.frames != clock.source.frames:
            raise ValueError(f"{avatar}: {person.frames} frames, wanted {clock.source.frames}")
        order = list(clock.frame_order)
        motion = self.loaded(speech, clock, self._settings.lip_offset_frames)
        controls = motion.controls.astype(np.float64)
        controls[:, [0, 2]] *= self._settings.strength
        controls[:, 0] *= 1 - controls[:, 3]
        canvas = draw.Canvas.of(person)
        apertures = controls[:, 0]
        lips = _shares(apertures, person.shown[person.levels, 0], person.levels)
        targets = _targets(person, controls, order)
        inners = _shares(
            apertures,
            np.array([one.aperture for one in canvas.inners]),
            np.arange(len(canvas.inners)),
        )
        pixels = np.empty((clock.frames, *person.crops.shape[1:]), np.uint8)
        for i, frame in enumerate(order):
            wanted = draw.Wanted(targets[i], float(apertures[i]), lips[i], inners[i])
            pixels[i] = draw.patch(person, canvas, frame, wanted)
        return PatchSet(
            "preview",
            pixels,
            np.repeat(canvas.mask[None], clock.frames, axis=0),
            person.affine[order],
            opacity(idle(motion, person.shown[order, 0]), clock),
        )

    def facts(self, avatar: Path) -> dict[str, Any]:
        """See `engines.Engine.facts`: nothing."""
        return {}


def _targets(person: avatars.Avatar, controls: np.ndarray, order: Sequence[int]) -> np.ndarray:
    """Where lips and chin shall be, [N, 468, 2] crop pixels, for controls [N, 4].

    The person's own shapes, nearest in opening, moved the rest of the way, and posed as in the
    frames of `order`.
    """
    shown = np.zeros((len(person.levels), controls.shape[1]))
    shown[:, :2] = person.shown[person.levels]
    shown[:, 2] = shape.JAW_SHARE * shown[:, 0]
    if shown[0, 0] <= shape.SHUT_LIMIT:
        shown[0] = (0, 1, 0, 0)
    pairs, shares = between(controls[:, 0], person.shown[person.levels, 0])
    weights = np.stack([1 - shares, shares], 1)
    own = np.einsum("tk,tknc->tnc", weights, person.shapes[pairs])
    lacking = controls - np.einsum("tk,tkc->tc", weights, shown[pairs])
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


def idle(motion: Motion, shown: np.ndarray) -> np.ndarray:
    """Frames, [T] bool, in which nobody speaks and the source's mouth is shut.

    shown: [T] the source's own aperture.
    """
    closed = shut(shown, SHUT_APERTURE, STILL_APERTURE)
    return np.asarray(motion.silent & closed & (motion.controls[:, 0] < 0.01))
