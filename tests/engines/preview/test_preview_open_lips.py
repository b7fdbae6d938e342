"""Lips that are lent to open mouths are nothing but lips."""

from collections.abc import Callable

import cv2
import numpy as np
from drawn import LIP, MOUTH_PX, draw_person

from mouthpiece.engines.preview import avatar as avatars
from mouthpiece.engines.preview import shape
from mouthpiece.engines.preview.open_lips import filled

ZOOM = 3
WIDTH_PX = MOUTH_PX * ZOOM
Paint = Callable[[np.ndarray, np.ndarray, np.ndarray], None]


def lent(paint: Paint) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A crop of an open mouth whose lips are painted over, the same filled, and its mesh.

    paint: Gets the picture and the lower lip's inner and outer contour.
    """
    person = draw_person(np.array([0.1]))
    picture = cv2.resize(person.pictures[0], None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_CUBIC)
    points = ZOOM * person.track.points[0, :, :2]
    paint(picture, points[list(shape.LOWER_INNER)], points[list(shape.LOWER_OUTER)])
    side = round(avatars.CROP_SIDE * WIDTH_PX)
    corner = np.round(points[13] - side / 2).astype(int)
    crop = picture[corner[1] : corner[1] + side, corner[0] : corner[0] + side].copy()
    return crop, filled(crop, points - corner), points - corner


def band(begin: float, end: float, colour: tuple[int, int, int]) -> Paint:
    """Paint a band along the lower lip, between two shares of the way from its inner edge."""

    def paint(picture: np.ndarray, inner: np.ndarray, outer: np.ndarray) -> None:
        edges = (inner + share * (outer - inner) for share in (begin, end))
        top, bottom = (edge[2:9] for edge in edges)
        polygon = np.round(np.concatenate([top, bottom[::-1]]) * 16).astype(np.int32)
        cv2.fillPoly(picture, [polygon], colour, cv2.LINE_AA, 4)

    return paint


def on_lip(picture: np.ndarray, points: np.ndarray, share: float) -> np.ndarray:
    """The middle of the lower lip, so far from its inner to its outer edge, RGB, [3]."""
    inner, outer = points[shape.LOWER_INNER[5]], points[shape.LOWER_OUTER[5]]
    x, y = np.round(inner + share * (outer - inner)).astype(int)
    return picture[y, x].astype(int)


def test_lower_teeth_that_the_mesh_counts_as_lip_are_not_lent() -> None:
    """They went with the lower lip, below the teeth that are drawn."""
    crop, found, points = lent(band(-0.1, 0.5, (225, 218, 205)))
    assert np.abs(on_lip(crop, points, 0.3) - LIP).max() > 80
    for share in (0.1, 0.3, 0.45):
        assert np.abs(on_lip(found, points, share) - LIP).max() < 25


def test_the_dark_of_a_mouth_that_is_wider_open_than_its_mesh_is_not_lent() -> None:
    """Holes lay in the lower lip."""
    crop, found, points = lent(band(-0.1, 0.5, (30, 10, 12)))
    assert np.abs(on_lip(crop, points, 0.3) - LIP).max() > 80
    for share in (0.1, 0.3, 0.45):
        assert np.abs(on_lip(found, points, share) - LIP).max() < 25


def test_a_gleam_on_a_lip_is_lent_with_it() -> None:
    gleam = tuple(round(0.7 * value + 0.3 * 255) for value in LIP)
    crop, found, points = lent(band(0.6, 0.8, gleam))
    assert np.abs(on_lip(crop, points, 0.7) - LIP).max() > 25
    assert np.abs(on_lip(found, points, 0.7) - on_lip(crop, points, 0.7)).max() < 6
