"""Do lips and sound belong together, heard by a recognizer: a second pair of towers.

The embedded scorer's towers have heard a dozen people, in the log-mel bands of their sound. These
hear what the encoder of a recognizer makes of it (`audio.phone_features`), which knows phones of
many languages and voices. They tell who speaks in a source. Drafts are not judged by them: what
draws previews hears by the same encoder.
"""

import functools

import numpy as np

from ..audio.convolution import Convolution, Tensors
from ..audio.phone_features import phone_encoder
from ..audio.speech import SAMPLE_RATE, Speech
from ..audio.whisper_mel import ROW
from ..weights import embedded
from . import lse
from .base import SCORE_RATE
from .towers import Tower, Towers, embed, lip_curves, residuals

WEIGHTS = "phone_sync.safetensors"

SOUND_DILATIONS = (1, 1, 2)
"""Steps between the taps of the residual blocks of the sound's tower."""

FRAME_SAMPLES = SAMPLE_RATE // SCORE_RATE

ROWS_PER_FRAME = FRAME_SAMPLES // ROW
"""Rows of the encoder in a frame."""


class PhoneSyncNet(Towers):
    """The two networks, for lips and for sound; their embeddings have unit length.

    Args:
        tensors: Their weights, and the principal components of features that they hear.
    """

    def __init__(self, tensors: Tensors) -> None:
        self._mean, self._basis = tensors["mean"], tensors["basis"]
        super().__init__(tensors)
        self._sound_tower: Tower = [
            Convolution.of(tensors, "sound_tower.0", stride=ROWS_PER_FRAME, padding=1),
            *residuals(tensors, "sound_tower", SOUND_DILATIONS),
            Convolution.of(tensors, f"sound_tower.{len(SOUND_DILATIONS) + 1}"),
        ]

    def sound(self, features: np.ndarray) -> np.ndarray:
        """Embed sound.

        Args:
            features: Rows of the encoder from the first frame's start, [2 T, FEATURES] float32.

        Returns:
            Embeddings of unit length, [T, 64] float32.
        """
        return embed(self._sound_tower, (features - self._mean) @ self._basis)


@functools.cache
def _network() -> PhoneSyncNet:
    return PhoneSyncNet(embedded.load(WEIGHTS))


def heard_phones(sound: Speech, frames: int) -> np.ndarray:
    """Embed the speech of a cut, heard with what is around it.

    Args:
        sound: The cut's speech with its context.
        frames: How many frames the cut has at `SCORE_RATE`.

    Returns:
        Embeddings of unit length, [frames, 64] float32.

    Raises:
        Fault: Weights are missing or damaged.
    """
    start = sound.start % FRAME_SAMPLES
    features = phone_encoder().rows(sound.samples[start:])
    first = sound.start // FRAME_SAMPLES
    missing = max(0, ROWS_PER_FRAME * (first + frames) - len(features))
    features = np.pad(features, ((0, missing), (0, 0)), mode="edge")
    return _network().sound(features)[first : first + frames]


def distances(seen: np.ndarray, sound: np.ndarray) -> np.ndarray:
    """Compare lips and sound at each offset.

    Args:
        seen: Mouth measures at `SCORE_RATE`, [T, len(MEASURES)] float.
        sound: What `heard_phones` gives, [T, 64] float32.

    Returns:
        The distance table without NaN, [T, 31] float; see `lse.distance_table`.
    """
    lips = _network().lips(lip_curves(seen.astype(np.float32)))
    return lse.filled(lse.distance_table(lips, sound))
