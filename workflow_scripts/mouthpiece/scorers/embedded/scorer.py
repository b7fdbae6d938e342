"""The embedded sync scorer.

Distances between the embeddings of lips and sound (`network`) go through SyncNet's arithmetic
(`lse`). Scores of this scorer are not comparable to SyncNet's.
"""

from collections.abc import Iterable

import numpy as np

from ...audio.logmel import SAMPLE_RATE, log_mel, power_spectrum
from ...faces.mouth import measures
from ...weights import embedded
from .. import lse
from ..base import SCORE_RATE, Score, Seen, points_of
from ..towers import lip_curves
from .network import SyncNet

WEIGHTS = "sync.safetensors"

SAMPLES_PER_FRAME = SAMPLE_RATE // SCORE_RATE

ROWS_PER_FRAME = 4
"""Log-mel rows of a frame."""


class Embedded:
    """Scores landmarks against sound by the networks that the project ships."""

    def __init__(self) -> None:
        self._net = SyncNet(embedded.load(WEIGHTS))

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        """See `Scorer.score`."""
        return lse.lse(self.distances(measures(points_of(face)), samples))

    def distances(self, seen: np.ndarray, samples: np.ndarray) -> np.ndarray:
        """Compare lips and sound at each offset.

        Args:
            seen: Mouth measures at 25 frames/s, [T, len(MEASURES)] float.
            samples: Sound of the same span, 16 kHz mono, [N] float32.

        Returns:
            The distance table, [T, 31] float; see `lse.distance_table`.
        """
        frames = len(seen)
        sound = np.zeros(frames * SAMPLES_PER_FRAME, np.float32)
        heard = samples[: len(sound)]
        sound[: len(heard)] = heard
        lips = self._net.lips(lip_curves(seen.astype(np.float32)))
        mel = log_mel(power_spectrum(sound))[: frames * ROWS_PER_FRAME]
        return lse.distance_table(lips, self._net.sound(mel))
