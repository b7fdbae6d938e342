"""A scorer without a network: does the mouth open when the sound is loud?

The distance at an offset is the root mean square difference of two standardized curves, the opening
of the lips and the loudness of the speech: sqrt(2 - 2 r), where r is their correlation. The scorer
cannot tell one sound from another of the same loudness.
"""

from collections.abc import Iterable

import numpy as np

from ...audio.loudness import frame_energy
from ...core.curves import gaussian
from ...faces.landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from ..base import SCORE_RATE, Score, Seen, points_of
from ..lse import MAX_OFFSET_FRAMES

SMOOTHING_FRAMES = 1.0
"""Standard deviation of the Gaussian smoothing of both curves."""

UPPER_LIP, LOWER_LIP = 13, 14
"""Mesh points in the middle of the inner lip contour."""


class Aperture:
    """Lip opening against speech energy."""

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        """See `Scorer.score`."""
        points = points_of(face)
        eyes = np.linalg.norm(points[:, LEFT_EYE_OUTER] - points[:, RIGHT_EYE_OUTER], axis=1)
        opening = np.linalg.norm(points[:, UPPER_LIP] - points[:, LOWER_LIP], axis=1) / eyes
        energy = frame_energy(samples, SCORE_RATE, len(points))
        lips, sound = (gaussian(c, SMOOTHING_FRAMES, "symmetric") for c in (opening, energy))
        offsets = range(-MAX_OFFSET_FRAMES, MAX_OFFSET_FRAMES + 1)
        distances = np.array([_distance(lips, sound, offset) for offset in offsets])
        best = int(distances.argmin())
        return Score(
            confidence=float(np.median(distances) - distances[best]),
            distance=float(distances[best]),
            offset_frames=offsets[best],
        )


def _distance(lips: np.ndarray, sound: np.ndarray, offset: int) -> float:
    """The distance if the lips come `offset` frames after the sound (before it, if negative)."""
    length = len(lips) - abs(offset)
    if length < SCORE_RATE // 2:
        return float(np.sqrt(2))
    pair = [lips[max(offset, 0) :][:length], sound[max(-offset, 0) :][:length]]
    pair = [(c - c.mean()) / max(float(c.std()), 1e-6) for c in pair]
    return float(np.sqrt(max(0.0, 2 - 2 * float(np.mean(pair[0] * pair[1])))))
