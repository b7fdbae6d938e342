"""Where the lips part, on lines that the mesh draws wrongly."""

import cv2
import numpy as np
import pytest
from drawn import LIP, Person, draw_person

from mouthpiece.engines.preview import contour, shape

APERTURES = np.array([0, 0, 0, 0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0, 0, 0])
OPEN = APERTURES >= 0.1
SIDE = [6, 7]
"""Two lines beside the picture's right corner of the mouth."""


def found(person: Person, points: np.ndarray) -> contour.Parting:
    """How the lips part in a drawn person's pictures, by meshes [T, 468, 2]."""
    pictures = [picture[: picture.shape[1]] for picture in person.pictures]
    profiles = [contour.profile(*frame) for frame in zip(pictures, points, strict=True)]
    return contour.find_parting(np.stack(profiles), points)


def test_skin_that_the_mesh_counts_as_lip_is_no_opening() -> None:
    """Beside a corner the lips touch; the mesh draws the lower one too far down, open or shut."""
    person = draw_person(APERTURES)
    points = person.track.points[..., :2].astype(np.float64)
    below = [shape.LOWER_OUTER[1:-1][i] for i in SIDE]
    for picture, mesh in zip(person.pictures, points, strict=True):
        corner = [*shape.UPPER_INNER[6:], *shape.LOWER_INNER[:5:-1]]
        cv2.fillPoly(picture, [np.round(mesh[corner]).astype(np.int32)], LIP)
    points[:, below, 1] += 4
    lower = found(person, points).lower[OPEN][:, SIDE]
    true = contour.mesh_shares(points)[1][OPEN][:, SIDE]
    assert (lower < true).all(), "the lips touch there, and skin begins at about .8"


def test_teeth_that_an_opening_leaves_out_are_told() -> None:
    person = draw_person(APERTURES)
    points = person.track.points[..., :2].astype(np.float64)
    clean = found(person, points).stray
    x, y = points[6, shape.UPPER_OUTER[3]]
    person.pictures[6][int(y) + 4 : int(y) + 7, int(x) - 4 : int(x) + 5] = 235
    stray = found(person, points).stray
    assert clean[5:8] == pytest.approx(0, abs=0.001)
    assert stray[6] > 0.005
    assert stray[[5, 7]] == pytest.approx(0, abs=0.001)
