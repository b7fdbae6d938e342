"""What every scorer is given: a face at 25 frames/s, one frame at a time."""

import gc
import weakref
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import get_args

import numpy as np
import pytest

from mouthpiece.project.gate import Gate, Scorers
from mouthpiece.scorers.base import Seen, at_score_rate, points_of
from mouthpiece.scorers.latentsync.alignment import lower_halves
from mouthpiece.scorers.syncnet_v2.crops import REACH, crops


def counting(frames: int) -> Iterator[Seen]:
    """Frame n has n for a picture and for its points."""
    for n in range(frames):
        yield Seen(np.full((2, 2, 3), n, np.uint8), np.full((468, 3), float(n)))


def test_a_face_at_25_frames_a_second_is_left_alone() -> None:
    given = list(counting(4))
    assert list(at_score_rate(given, Fraction(25), 4)) == given


@pytest.mark.parametrize("rate", ["30", "24000/1001", "50", "60", "12", "30000/1001"])
def test_points_are_linear_between_frames_and_pictures_the_nearest(rate: str) -> None:
    frames = 61
    found = list(at_score_rate(counting(frames), Fraction(rate), frames))
    assert len(found) == int(frames * 25 / Fraction(rate))
    middles = (np.arange(len(found)) + 0.5) * float(Fraction(rate)) / 25 - 0.5
    middles = middles.clip(0, frames - 1)
    np.testing.assert_allclose([s.points[7, 1] for s in found], middles, atol=1e-9)
    apart = np.abs([float(s.picture[0, 0, 0]) for s in found] - middles)
    assert apart.max() <= 0.5 + 1e-9


def test_one_frame_stays_one() -> None:
    (only,) = at_score_rate(counting(1), Fraction(60), 1)
    assert only.points[0, 0] == 0


def test_a_stream_is_read_to_its_end() -> None:
    stream = counting(61)
    list(at_score_rate(stream, Fraction(60), 61))
    assert next(stream, None) is None


@pytest.mark.parametrize("looking", [crops, lower_halves, points_of])
def test_few_pictures_are_held(looking: Callable[[Iterator[Seen]], Iterable[object]]) -> None:
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0

    def pictures() -> Iterator[Seen]:
        nonlocal most
        points = np.random.default_rng(0).uniform(20, 60, (468, 3))
        for _ in range(90):
            picture = np.zeros((80, 80, 3), np.uint8)
            alive.append(weakref.ref(picture))
            most = max(most, len([one for one in alive if one() is not None]))
            yield Seen(picture, points)
            del picture

    looked = sum(1 for _ in looking(at_score_rate(pictures(), Fraction(50), 90)))
    gc.collect()
    assert looked == 45
    assert most <= REACH + 5


def test_every_scorer_that_config_may_name_has_thresholds() -> None:
    names = get_args(Gate.model_fields["scorer"].annotation)
    assert set(names) == set(Scorers.model_fields)
