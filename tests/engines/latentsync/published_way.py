"""What upstream does around its networks and the engine does not: its landmarks, its loops."""

from fractions import Fraction

import numpy as np

from mouthpiece.engines.latentsync import align

BROWS = ((43, 48, 49, 51, 50), (101, 102, 103, 104, 105))
NOSE = (74, 77, 83, 86)


def points(landmarks: np.ndarray) -> np.ndarray:
    """The three points [3, 2] of 106 landmarks, rounded and rounded again."""
    return np.round(align.three_points(np.round(landmarks), BROWS, NOSE))


def frames_of(rows: int, rate: Fraction) -> int:
    """How many frames upstream draws for some rows of sound."""
    frame = 0
    while int(frame * 50 / float(rate)) <= rows:
        frame += 1
    return frame + 1


def back_and_forth(frames: int, total: int) -> np.ndarray:
    """Which picture each of `total` frames shows where the sound is longer than the film."""
    there = np.arange(frames)
    return np.resize(np.concatenate([there, there[::-1]]), total)
