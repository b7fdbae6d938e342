"""The embedded sync network: two small towers, one for lips and one for sound.

Each maps a moment and its surroundings to a point on a sphere, so that lips and sound that belong
together are close: the idea of Chung and Zisserman, "Out of time", ACCV Workshops 2016, on face
landmarks instead of pixels.
"""

import numpy as np

from ...audio.convolution import Convolution, Residual, Tensors

LIP_DILATIONS, STEM_DILATIONS, TOWER_DILATIONS = (1, 1, 2), (1, 2, 4), (1, 2)
"""Steps between the taps of the residual blocks of the lip tower, the sound's stem, its tower."""

MEASURE_SCALE = (
    *(0.025, 0.018, 0.018, 0.038, 0.018, 0.02, 0.009, 0.035, 0.028, 0.018, 0.008, 0.013, 0.012),
)
"""About a standard deviation of each of `MEASURES` while someone speaks, in eye distances."""

Layer = Convolution | Residual

SHORTEST = 1e-12
"""The least length that an embedding is divided by."""

RESTING_GAP = 0.012
"""The gap that the mesh draws between closed lips, in distances of the eyes."""


class SyncNet:
    """The two networks, for lips and for sound; their embeddings have unit length.

    In training the sound's stem also names phones; those weights are not used here.

    Args:
        tensors: Their weights.
    """

    def __init__(self, tensors: Tensors) -> None:
        self._lip_tower: list[Layer] = [
            Convolution.of(tensors, "lip_tower.0", padding=1),
            *_residuals(tensors, "lip_tower", LIP_DILATIONS),
            Convolution.of(tensors, "lip_tower.4"),
        ]
        self._sound_tower: list[Layer] = [
            Convolution.of(tensors, "sound_stem.0", stride=2, padding=2),
            *_residuals(tensors, "sound_stem", STEM_DILATIONS),
            Convolution.of(tensors, "sound_tower.0", stride=2, padding=1),
            *_residuals(tensors, "sound_tower", TOWER_DILATIONS),
            Convolution.of(tensors, "sound_tower.3"),
        ]

    def lips(self, curves: np.ndarray) -> np.ndarray:
        """Embed lips.

        Args:
            curves: What `lip_curves` returns, [T, len(MEASURES) + 1] float32.

        Returns:
            Embeddings of unit length, [T, 64] float32.
        """
        return _embedded(self._lip_tower, curves)

    def sound(self, mel: np.ndarray) -> np.ndarray:
        """Embed sound.

        Args:
            mel: Log-mel rows from the first frame's start, [4 T, BANDS] float32.

        Returns:
            Embeddings of unit length, [T, 64] float32.
        """
        return _embedded(self._sound_tower, mel)


def _residuals(tensors: Tensors, tower: str, dilations: tuple[int, ...]) -> list[Residual]:
    """The residual blocks of a tower, which follow its first layer."""
    return [
        Residual.of(tensors, f"{tower}.{number}", dilation)
        for number, dilation in enumerate(dilations, 1)
    ]


def _embedded(tower: list[Layer], hidden: np.ndarray) -> np.ndarray:
    """What a tower makes of features, scaled to unit length."""
    for layer in tower:
        hidden = layer(hidden)
    length = np.linalg.norm(hidden, axis=1, keepdims=True)
    return np.asarray(hidden / np.maximum(length, SHORTEST))


def lip_curves(seen: np.ndarray) -> np.ndarray:
    """Normalize mouth measures for the network.

    Args:
        seen: Mouth measures, [T, len(MEASURES)] float32, in distances of the eyes.

    Returns:
        Each measure against its median over the clip (of an even count, the lower middle one), and
        the gap against that of closed lips, [T, len(MEASURES) + 1] float32, about in standard
        deviations, within +-6.
    """
    scale = np.array(MEASURE_SCALE, np.float32)
    centred = (seen - np.sort(seen, axis=0)[(len(seen) - 1) // 2]) / scale
    gap = (seen[:, :1] - np.float32(RESTING_GAP)) / (2 * scale[:1])
    return np.clip(np.concatenate([centred, gap], 1), -6, 6)
