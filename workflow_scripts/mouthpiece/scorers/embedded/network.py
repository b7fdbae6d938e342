"""The embedded sync network: a tower for lips and one for sound, which hears log-mel bands."""

import numpy as np

from ...audio.convolution import Convolution, Tensors
from ..towers import Tower, Towers, embed, residuals

STEM_DILATIONS, TOWER_DILATIONS = (1, 2, 4), (1, 2)
"""Steps between the taps of the residual blocks of the sound's stem, and of its tower."""


class SyncNet(Towers):
    """The two networks, for lips and for sound; their embeddings have unit length.

    In training the sound's stem also names phones; those weights are not used here.

    Args:
        tensors: Their weights.
    """

    def __init__(self, tensors: Tensors) -> None:
        super().__init__(tensors)
        self._sound_tower: Tower = [
            Convolution.of(tensors, "sound_stem.0", stride=2, padding=2),
            *residuals(tensors, "sound_stem", STEM_DILATIONS),
            Convolution.of(tensors, "sound_tower.0", stride=2, padding=1),
            *residuals(tensors, "sound_tower", TOWER_DILATIONS),
            Convolution.of(tensors, "sound_tower.3"),
        ]

    def sound(self, mel: np.ndarray) -> np.ndarray:
        """Embed sound.

        Args:
            mel: Log-mel rows from the first frame's start, [4 T, BANDS] float32.

        Returns:
            Embeddings of unit length, [T, 64] float32.
        """
        return embed(self._sound_tower, mel)
