"""Is it the same person all along a face track?

A face is described by the colours at its mesh's points. They move with head and lips, so a turn of
the head or a laugh changes them little; light is a gradient over the face and is taken off. Where
no face after a frame resembles any face before it, as faces on the track usually do, another person
has taken the first one's place: `media.structure` compares them, as it compares pictures.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..media.structure import measure_break, vector_distances
from .observation import Observation

COLOUR_WEIGHT = 2.0
"""A difference in hue counts so many times one in lightness."""

PERSON_RATIO = 1.5
"""Another person is a change so many times the usual one. Joins of two people have 2.8 at least."""


@dataclass(frozen=True)
class PersonChange:
    """Where a face may become another person's.

    Attributes:
        distance: How much the faces differ, 0 to 2. Two people have 0.25 at least, one person who
            moves, talks and laughs 0.16 at most (`benchmarks/guard.py --people`).
        frame: The first frame of the second face, in the cut.
    """

    distance: float
    frame: int


NO_CHANGE = PersonChange(0.0, 0)


def find_person_change(observations: Sequence[Observation | None]) -> PersonChange:
    """Find the sharpest change of a face.

    Args:
        observations: The face in each frame of a cut; None where it is out of sight.

    Returns:
        The change with the greatest distance among those that are sharp; `NO_CHANGE` where the face
        is one and the same.
    """
    frames = [n for n, seen in enumerate(observations) if seen is not None]
    seen = (one for one in observations if one is not None)
    distances = vector_distances(describe(seen))
    sharpest = NO_CHANGE
    for n in range(1, len(frames)):
        if distances[n, 1] <= sharpest.distance:
            continue
        found = measure_break(distances, n)
        if found.ratio >= PERSON_RATIO and found.distance > sharpest.distance:
            sharpest = PersonChange(found.distance, frames[n])
    return sharpest


def describe(seen: Iterable[Observation]) -> Iterable[np.ndarray]:
    """Describe faces by their colours, without the light on them.

    Args:
        seen: The faces.

    Yields:
        A vector of length 1 for each, [1404] float32.
    """
    for one in seen:
        x, y = ((one.points[:, :2] - one.points[:, :2].mean(0)) / np.ptp(one.points[:, 1])).T
        light, _ = np.linalg.qr(np.column_stack([np.ones_like(x), x, y, x * x, y * y, x * y]))
        left = one.colours - light @ (light.T @ one.colours)
        vector = (left * (1, COLOUR_WEIGHT, COLOUR_WEIGHT)).ravel().astype(np.float32)
        yield vector / max(float(np.linalg.norm(vector)), 1e-9)
