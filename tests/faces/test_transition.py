"""Frames at the ends of a cut in which an edit shows."""

from fractions import Fraction

import numpy as np
import pytest

from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.observation import Observation
from mouthpiece.faces.transition import in_transition

RATE = Fraction(25)
FRAMES = 40


def face(turn_deg: float = 0, lightness: float = 60) -> Observation:
    """A stiff face, turned, whose skin has one colour."""
    points = np.random.default_rng(0).uniform(-0.5, 0.5, (MESH_POINTS, 3))
    points[[33, 263]] = [(-0.5, 0, 0), (0.5, 0, 0)]
    points[[10, 152]] = [(0, -0.5, 0), (0, 1, 0)]
    sine, cosine = np.sin(np.radians(turn_deg)), np.cos(np.radians(turn_deg))
    points = points @ np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
    colours = np.tile([lightness, 10, 15], (MESH_POINTS, 1))
    return Observation(points.astype(np.float32), colours.astype(np.float32))


def found(*others: tuple[range, Observation | None]) -> list[int]:
    """The frames that are found in a cut of a level face, of which some frames are others."""
    seen: list[Observation | None] = [face()] * FRAMES
    for frames, other in others:
        for frame in frames:
            seen[frame] = other
    return np.flatnonzero(in_transition(seen, RATE, 35)).tolist()


WHIP, FLASH = face(turn_deg=50), face(lightness=95)


@pytest.mark.parametrize("other", [WHIP, FLASH, face(turn_deg=-50), face(lightness=10)])
def test_first_and_last_frames_are_found(other: Observation) -> None:
    assert found((range(2), other), (range(38, 40), other)) == [0, 1, 38, 39]


def test_a_turn_or_a_flash_within_a_cut_is_not_found() -> None:
    assert found((range(10, 14), WHIP), (range(20, 22), FLASH)) == []


def test_a_turn_may_last_and_a_flash_not() -> None:
    assert found((range(9), WHIP)) == list(range(9))
    assert found((range(9), FLASH)) == []


def test_a_flash_that_becomes_a_whip_or_hides_the_face_is_found_whole() -> None:
    assert found((range(2), FLASH), (range(2, 5), WHIP)) == [0, 1, 2, 3, 4]
    assert found((range(37, 38), FLASH), (range(38, 40), None)) == [37, 38, 39]


def test_a_face_that_talks_in_other_light_is_not_found() -> None:
    assert found((range(3), face(turn_deg=30, lightness=74))) == []
