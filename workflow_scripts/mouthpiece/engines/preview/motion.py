"""From sound to the shape of a mouth.

The embedded network (`lip_network`) hears which sound it is. Whatever replaces it keeps the call of
`LipMotion` and the units of `Motion`; the rest of the engine does not know how controls are found.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ...audio.silence import HOP, at_frames, silence, smooth_curves, speaking, spectra
from ...audio.speech import SAMPLE_RATE, Speech
from ...core.timeline import Clock

if TYPE_CHECKING:
    from .lip_network import LipPredictor

AHEAD_S = 0.12
"""How long before and after speech a mouth may move."""

MESH_GAIN = 1.3
"""The face mesh, from which the network learnt, sees less of an opening than there is."""

SHUT_UNDER = 0.012
"""A smaller opening counts as closed."""


@dataclass(frozen=True)
class Motion:
    """What the mouth does, a row a frame.

    Attributes:
        controls: [T, 4] float32, the columns of `shape.CONTROLS`:
            aperture  height of the gap between the lips, in mouth widths at rest; 0 is closed
            width     distance of the mouth's corners, in mouth widths at rest; 1 is at rest
            jaw       drop of the chin, in mouth widths at rest; 0 is at rest
            closure   how firmly the lips are pressed together, 0 to 1
        silent: [T] bool, no speech sounds in this frame.
    """

    controls: np.ndarray
    silent: np.ndarray


class LipMotion(Protocol):
    """Anything that turns sound into mouth shapes."""

    def __call__(
        self, speech: Speech, clock: Clock, phones: bool = False, since: int = 0
    ) -> Motion:
        """Find the mouth's shape for each frame.

        Args:
            speech: The cut's speech.
            clock: The cut's frames.
            phones: Whether a recognizer's encoder is asked, too.
            since: The first frame whose shape is wanted; before it, some shape is held.

        Returns:
            The motion of `clock.frames` frames.
        """


class NetworkMotion:
    """The embedded network's shapes, at rest where nobody speaks.

    The network is loaded when it is first asked: a bake does without it.
    """

    @cached_property
    def _network(self) -> "LipPredictor":
        from .lip_network import LipPredictor

        return LipPredictor()

    @cached_property
    def _with_phones(self) -> "LipPredictor":
        from .lip_network import LipPredictor

        return LipPredictor(phones=True)

    def __call__(
        self, speech: Speech, clock: Clock, phones: bool = False, since: int = 0
    ) -> Motion:
        """See `LipMotion`."""
        network = self._with_phones if phones else self._network
        shapes = network.predict(speech, clock, since)
        near = at_frames(_near_speech(speech.samples)[:, None], speech, clock)[:, 0]
        aperture = MESH_GAIN * shapes.column("aperture") * near
        jaw = MESH_GAIN * shapes.column("jaw") * near
        width = 1 + (shapes.column("width") - 1) * near
        controls = np.stack([aperture, width, jaw, np.zeros_like(near)], 1)
        controls[controls[:, 0] < SHUT_UNDER, 0] = 0
        return Motion(controls.astype(np.float32), silence(speech, clock))


def _near_speech(samples: np.ndarray) -> np.ndarray:
    """1 in speech and `AHEAD_S` around it, falling smoothly to 0 in silence, [N]."""
    surely = speaking(spectra(samples))
    reach = round(AHEAD_S * SAMPLE_RATE / HOP)
    padded = np.pad(surely, reach, mode="edge")
    widened = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(1)
    return np.clip(smooth_curves(widened[:, None])[:, 0] / 0.5, 0, 1)
