"""Where the skin of a frame that lends is shown."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import CENTRE, MOUTH_PX, Person, draw_person
from test_preview_lenders import drawn

from mouthpiece.engines.preview import lent
from mouthpiece.engines.preview.warp import NODES

SIZE_PX, WIDTH_PX = 256, 60.0
BOX = slice(20, 236), slice(10, 250)
EAR = (40, 60, 220)


def eared(person: Person, frames: np.ndarray) -> Person:
    """A person beside whose face something blue is seen in some frames, as an ear would be."""
    pictures = [picture.copy() for picture in person.pictures]
    for frame in np.flatnonzero(frames):
        middle = person.track.points[frame, 1, :2] * [1, 0] + [0, CENTRE[1]]
        for side in (-1, 1):
            at = np.round(middle + [side * 1.25 * MOUTH_PX, 0]).astype(int).tolist()
            cv2.ellipse(pictures[frame], at, (8, 20), 0, 0, 360, EAR, -1)
    return Person(pictures, person.track, person.apertures)


def test_what_a_lending_frame_shows_beside_the_face_is_not_lent(tmp_path: Path) -> None:
    """An ear was drawn on the wall beside a turned head."""
    apertures = np.array([0.0] * 6 + [0.55] * 6)
    person = eared(draw_person(apertures), apertures < 0.1)
    patches = drawn(person, tmp_path, np.zeros(len(apertures)))
    blue = [int((patch[..., 2] > patch[..., 0].astype(int) + 10).sum()) for patch in patches]
    assert min(blue[:6]) > 100, "its own ear stays"
    assert max(blue[6:]) == 0


def oval(half_width: float) -> np.ndarray:
    """A face's mesh, [468, 2], whose mouth is in the middle of a patch."""
    turn = np.linspace(0, 2 * np.pi, 468, endpoint=False)
    return SIZE_PX / 2 + WIDTH_PX * np.column_stack([half_width * np.cos(turn), 1.4 * np.sin(turn)])


def lips() -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    return SIZE_PX / 2 + WIDTH_PX * np.column_stack([0.5 * np.cos(turn), 0.2 * np.sin(turn)])


def shown(half_width: float, fit: float, more: float) -> np.ndarray:
    """How far lent skin counts in the row through the lips, in a patch."""
    away = lent.away(lips(), WIDTH_PX, BOX)
    found = lent.shown(oval(half_width), away, np.full_like(away, fit), more, WIDTH_PX, BOX)
    row = np.zeros(SIZE_PX)
    row[BOX[1]] = found[SIZE_PX // 2 - BOX[0].start]
    return row


def test_skin_is_lent_around_the_lips_and_further_where_they_are_drawn_shut() -> None:
    corner = round(SIZE_PX / 2 + 0.5 * WIDTH_PX)
    near, far = corner + round(0.1 * WIDTH_PX), corner + round(0.4 * WIDTH_PX)
    usual, shut = shown(1.6, 1.0, 0.0), shown(1.6, 1.0, 0.4)
    assert usual[near] > 0.9 and usual[far] == 0
    assert shut[far] > 0.9
    assert lent.further(0.5, 0.1) > 0.3 > lent.further(0.2, 0.1) == 0


@pytest.mark.parametrize(("half_width", "fit"), [(0.75, 1.0), (1.6, 0.0)])
def test_near_the_face_s_edge_and_where_it_is_unfit_only_lips_are_lent(
    half_width: float, fit: float
) -> None:
    row = shown(half_width, fit, 0.4)
    middle, corner = SIZE_PX // 2, round(SIZE_PX / 2 + 0.5 * WIDTH_PX)
    assert row[middle] == 1 and row[corner - 2] > 0.9
    assert row[corner + round(0.15 * WIDTH_PX) :].max() == 0


def fit(fields: np.ndarray, half_width: float) -> np.ndarray:
    """How fit lent skin is in the row through the lips, in a box."""
    skin = lent.skin_of(oval(half_width), WIDTH_PX, SIZE_PX)
    found = lent.fit(fields, skin, SIZE_PX, BOX)
    assert found.shape == (216, 240)
    return found[SIZE_PX // 2 - BOX[0].start]


PLACES = (np.arange(SIZE_PX)[BOX[1]] - SIZE_PX / 2) / WIDTH_PX


@pytest.mark.parametrize("axis", [0, 1])
def test_skin_that_is_squeezed_in_one_direction_is_unfit(axis: int) -> None:
    places = (np.arange(NODES) + 0.5) * SIZE_PX / NODES - SIZE_PX / 2
    fields, middle = np.zeros((2, NODES, NODES, 2), np.float32), np.abs(PLACES) < 0.1
    assert fit(fields, 1.9)[middle].min() > 0.99
    fields[1, ..., axis] = 2 * (places[:, None] if axis else places)
    assert fit(fields, 1.9)[middle].max() == 0, "what lies three times as far away is shown"


def test_what_a_lending_frame_shows_beyond_its_own_face_is_unfit() -> None:
    """Its hair was drawn on the cheek of a head that was turned less."""
    row = fit(np.zeros((1, NODES, NODES, 2), np.float32), 0.8)
    assert row[np.abs(PLACES) < 0.4].min() > 0.9 and row[np.abs(PLACES) > 0.85].max() == 0


def test_the_outline_of_a_cheek_is_held_and_the_chin_s_goes_with_the_mouth() -> None:
    """A face bulged where its mouth was drawn wider than it is."""
    face = oval(0.9)
    face[[61, 291]], face[152] = SIZE_PX / 2, [SIZE_PX / 2, SIZE_PX / 2 + 1.4 * WIDTH_PX]
    held = lent.held(face, WIDTH_PX, SIZE_PX)
    step = SIZE_PX / NODES
    lips, edge = round(SIZE_PX / 2 / step), round((SIZE_PX / 2 + 0.9 * WIDTH_PX) / step)
    chin = round((SIZE_PX / 2 + 1.4 * WIDTH_PX) / step)
    assert held[lips, edge + 1] > 0.9 and held[lips, -1] > 0.9
    assert held[lips, lips] == 0 and held[chin, lips] == 0
