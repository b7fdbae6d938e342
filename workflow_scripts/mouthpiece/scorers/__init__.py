"""Sync scorers: each says how well lips and sound go together, in SyncNet's terms.

Chung and Zisserman, "Out of time: automated lip sync in the wild", ACCV Workshops 2016; LSE-C and
LSE-D are Prajwal et al.'s names (Wav2Lip, ACM MM 2020). Scores of different scorers are never
compared.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

SCORE_RATE = 25
"""Frames/s at which lips are judged, whatever the film's rate."""


@dataclass(frozen=True)
class Score:
    """A cut's score.

    confidence: LSE-C, the median less the least of the distances over all offsets; more is better.
    distance: LSE-D, the least distance. offset_frames: where it lies, in frames of 25 fps.
    """

    confidence: float
    distance: float
    offset_frames: int


class Scorer(Protocol):
    """What a scorer offers."""

    def score(self, points: np.ndarray, samples: np.ndarray) -> Score:
        """Score lips against sound of the same span.

        points [T, 468, 3]: the face mesh at 25 fps; samples [N] float32, 16 kHz mono.
        """


def scorer(name: str) -> Scorer:
    """The scorer of that name."""
    if name == "embedded":
        from .embedded import Embedded

        return Embedded()
    if name == "aperture":
        from .aperture import Aperture

        return Aperture()
    raise ValueError(f"no scorer {name!r}")
