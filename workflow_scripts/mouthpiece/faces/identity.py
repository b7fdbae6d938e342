"""Is it the same person all along a face track?

A face is described by the colours at its mesh's points. They move with head and lips, so a turn of
the head or a laugh changes them little; light is a gradient over the face and is taken off. Where
no face after a frame resembles any face before it, as faces on the track usually do, another person
has taken the first one's place: `media.structure` compares them, as it compares pictures.

Measured on public clips (`benchmarks/guard.py --people`), of which some were looked at when the
limits were set: all of 58 joins of two clips were found, and none of 59 clips of one person was
taken for two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..media.structure import REACH_FRAMES, measure_break, vector_distances
from .landmarks import level
from .observation import Observation

NOSE_BRIDGE = 195
"""The middle of the nose's bridge: what is above it is the upper face."""

SIDE_FRAMES = 3
"""A change so near an end of the cut is not judged: too few faces are on one side of it."""

WEIGHTS = np.array([1, 2, 2], np.float32)
"""A difference in hue counts twice one in lightness."""

RIDGE = 1e-3 * np.eye(6, dtype=np.float32)
"""Keeps the light's gradient solvable where a mesh has collapsed."""

LEAST_DISTANCE = 0.05
"""A smaller change is not looked at."""

PERSON_RATIO = 2.5
"""Another person is a change so many times the usual one. Joins of two people have 2.8 at least, a
head with glasses that is thrown round 2.4."""

UNSETTLED_DISTANCE = 0.4
"""From here on a change need not be sharp: the mesh may slide from one face to the other for some
frames. A face that moves, talks and laughs has 0.16 at most."""


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

    A change counts where the upper face changes as well: what passes before the mouth is nobody.

    Args:
        observations: The face in each frame of a cut; None where it is out of sight.

    Returns:
        The change with the greatest distance among those that are sharp; `NO_CHANGE` where the face
        is one and the same.
    """
    frames = [n for n, one in enumerate(observations) if one is not None]
    seen = [one for one in observations if one is not None]
    if len(seen) < 2 * SIDE_FRAMES:
        return NO_CHANGE
    mesh = np.median([level(one.points) for one in seen[:: max(1, len(seen) // 50)]], axis=0)
    upper = np.flatnonzero(mesh[:, 1] < mesh[NOSE_BRIDGE, 1])
    whole = vector_distances(describe(seen, np.arange(len(mesh))))
    sharpest = NO_CHANGE
    for n in range(SIDE_FRAMES, len(seen) - SIDE_FRAMES + 1):
        if whole[n, 1] <= max(sharpest.distance, LEAST_DISTANCE):
            continue
        found = measure_break(whole, n)
        is_sharp = found.ratio >= PERSON_RATIO or found.distance >= UNSETTLED_DISTANCE
        if not is_sharp or found.distance <= max(sharpest.distance, LEAST_DISTANCE):
            continue
        first = max(0, n - REACH_FRAMES)
        above = vector_distances(describe(seen[first : n + REACH_FRAMES], upper))
        distance = min(found.distance, measure_break(above, n - first).distance)
        if distance > sharpest.distance:
            sharpest = PersonChange(distance, frames[n])
    return sharpest


def describe(seen: Iterable[Observation], points: np.ndarray) -> Iterable[np.ndarray]:
    """Describe faces by their colours, without the light on them.

    Args:
        seen: The faces.
        points: The mesh's points that count, [P] int.

    Yields:
        A vector of length 1 for each, [3 P] float32.
    """
    for one in seen:
        at, colours = one.points[points, :2], one.colours[points]
        x, y = ((at - at.mean(0)) / max(float(np.ptp(at[:, 1])), 1e-9)).T
        light = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y])
        share = np.linalg.solve(light @ light.T + RIDGE, light @ colours)
        vector = ((colours - light.T @ share) * WEIGHTS).ravel()
        yield vector / max(float(np.linalg.norm(vector)), 1e-9)
