"""Towers: small networks that map a moment of lips or sound, and what is around it, to a sphere.

Lips and sound that belong together lie close there: the idea of Chung and Zisserman, "Out of time",
ACCV Workshops 2016, on face landmarks instead of pixels. Two pairs of towers are trained: one that
hears log-mel bands (`scorers.embedded`), and one that hears by a recognizer (`scorers.phone_sync`).
"""

import numpy as np

from ..audio.convolution import Convolution, Residual, Tensors

LIP_DILATIONS = (1, 1, 2)
"""Steps between the taps of the residual blocks of a lip tower."""

MEASURE_SCALE = (
    *(0.025, 0.018, 0.018, 0.038, 0.018, 0.02, 0.009, 0.035, 0.028, 0.018, 0.008, 0.013, 0.012),
)
"""About a standard deviation of each of `MEASURES` while someone speaks, in eye distances."""

Tower = list[Convolution | Residual]
"""Layers, the first one first."""

SHORTEST = 1e-12
"""The least length that an embedding is divided by."""

RESTING_GAP = 0.012
"""The gap that the mesh draws between closed lips, in distances of the eyes."""


class Towers:
    """What both pairs have in common: the tower for lips.

    Args:
        tensors: The weights of both towers.
    """

    def __init__(self, tensors: Tensors) -> None:
        self._lip_tower: Tower = [
            Convolution.of(tensors, "lip_tower.0", padding=1),
            *residuals(tensors, "lip_tower", LIP_DILATIONS),
            Convolution.of(tensors, f"lip_tower.{len(LIP_DILATIONS) + 1}"),
        ]

    def lips(self, curves: np.ndarray) -> np.ndarray:
        """Embed lips.

        Args:
            curves: What `lip_curves` returns, [T, len(MEASURES) + 1] float32.

        Returns:
            Embeddings of unit length, [T, 64] float32.
        """
        return embed(self._lip_tower, curves)


def residuals(tensors: Tensors, tower: str, dilations: tuple[int, ...]) -> list[Residual]:
    """Build the residual blocks of a tower, which follow its first layer.

    Args:
        tensors: The weights of its network.
        tower: The tower's name.
        dilations: Steps between the taps of each block.

    Returns:
        The blocks.
    """
    return [
        Residual.of(tensors, f"{tower}.{number}", dilation)
        for number, dilation in enumerate(dilations, 1)
    ]


def embed(tower: Tower, features: np.ndarray) -> np.ndarray:
    """Map features to the sphere.

    Args:
        tower: The layers.
        features: What the first of them reads, [R, C] float32.

    Returns:
        Embeddings of unit length, [T, 64] float32.
    """
    for layer in tower:
        features = layer(features)
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(length, SHORTEST))


def lip_curves(seen: np.ndarray) -> np.ndarray:
    """Normalize mouth measures for a lip tower.

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
