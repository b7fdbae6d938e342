"""A drawn person whose mouth does exactly what a test says."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from mouthpiece.engines.preview import shape
from mouthpiece.faces.landmarks import LIPS_INNER, LIPS_OUTER
from mouthpiece.faces.track import Track

MOUTH_PX = 60.0
CENTRE = np.array([160.0, 190.0])
DRIFT_FRAMES = 100
SKIN, LIP, DARK = (205, 165, 140), (180, 80, 85), (30, 12, 14)


@dataclass(frozen=True)
class Person:
    """Pictures [T] of RGB [H, W, 3] uint8, their track, and the true apertures [T]."""

    pictures: list[np.ndarray]
    track: Track
    apertures: np.ndarray


def _mesh(aperture: float) -> np.ndarray:
    """A frontal mesh [468, 3] in mouth widths, the mouth open by `aperture`."""
    rng = np.random.default_rng(0)
    points = np.column_stack([rng.uniform(-1, 1, (468, 2)), np.zeros(468)])
    fixed = {
        33: (-0.95, -1.5, 0.1),
        133: (-0.35, -1.5, 0),
        362: (0.35, -1.5, 0),
        263: (0.95, -1.5, 0.1),
        10: (0, -2.6, 0),
        151: (0, -2.3, 0),
        1: (0, -0.7, -0.7),
        4: (0, -0.75, -0.7),
        2: (0, -0.5, -0.4),
        98: (-0.3, -0.5, -0.3),
        6: (0, -1.4, -0.2),
        327: (0.3, -0.5, -0.3),
        97: (-0.1, -0.5, -0.4),
        326: (0.1, -0.5, -0.4),
        129: (-0.4, -0.65, -0.2),
        358: (0.4, -0.65, -0.2),
        234: (-1.4, -0.9, 1.0),
        454: (1.4, -0.9, 1.0),
        152: (0, 0.8, 0),
        58: (-1.1, 0.1, 0.9),
        288: (1.1, 0.1, 0.9),
        132: (-1.2, -0.2, 1),
        361: (1.2, -0.2, 1),
        147: (-1, -0.4, 0.3),
        376: (1, -0.4, 0.3),
        215: (-0.95, 0.1, 0.3),
        435: (0.95, 0.1, 0.3),
        203: (-0.5, -0.4, -0.1),
        423: (0.5, -0.4, -0.1),
        50: (-0.8, -0.8, 0),
        280: (0.8, -0.8, 0),
        101: (-0.6, -0.8, 0),
        330: (0.6, -0.8, 0),
        123: (-1.1, -0.7, 0.3),
        352: (1.1, -0.7, 0.3),
    }
    for index, place in fixed.items():
        points[index] = place
    for k, index in enumerate(shape.CHIN_POINTS):
        across = 0.0 if index in (152, 175, 199, 200, 18) else (0.15 + 0.04 * k) * (-1) ** k
        points[index] = (across, 0.35 + 0.03 * k if index != 152 else 0.8, 0)
    x = np.linspace(-1, 1, 11)
    bow = 1 - x**2
    for contour, half, height in (
        (shape.UPPER_OUTER, 0.5, -0.16 * bow),
        (shape.LOWER_OUTER, 0.5, (0.17 + aperture) * bow),
        (shape.UPPER_INNER, 0.44, 0 * bow),
        (shape.LOWER_INNER, 0.44, aperture * bow),
    ):
        points[list(contour)] = np.column_stack([half * x, height, -0.2 * bow])
    return points


def _picture(points: np.ndarray, noise: np.ndarray) -> np.ndarray:
    picture = np.full((340, 320, 3), SKIN, np.uint8)
    for contour, colour in ((LIPS_OUTER, LIP), (LIPS_INNER, DARK)):
        polygon = np.round(points[list(contour), :2] * 16).astype(np.int32)
        cv2.fillPoly(picture, [polygon], colour, cv2.LINE_AA, 4)
    upper = np.round(points[list(shape.UPPER_INNER), :2]).astype(np.int32)
    cv2.polylines(picture, [upper], False, (110, 40, 45), 1, cv2.LINE_AA)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def draw_frames(apertures: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Draw a person with these apertures [T], in mouth widths: pictures and meshes [468, 3].

    The head drifts a little across, and stops after a while.
    """
    rng = np.random.default_rng(1)
    noise = cv2.GaussianBlur(rng.normal(0, 8, (340, 320, 3)), (0, 0), 1.5)
    for t, aperture in enumerate(apertures):
        points = _mesh(float(aperture)) * MOUTH_PX
        points[:, :2] += CENTRE + np.array([0.3, 0.1]) * min(t, DRIFT_FRAMES)
        yield _picture(points, noise), points


def draw_person(apertures: np.ndarray) -> Person:
    """Draw a person with these apertures [T], in mouth widths."""
    pictures, track = zip(*draw_frames(apertures), strict=True)
    seen = np.ones(len(apertures), bool)
    return Person(list(pictures), Track(np.stack(track).astype(np.float32), seen), apertures)
