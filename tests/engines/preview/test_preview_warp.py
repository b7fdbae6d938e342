"""Thin-plate fields."""

import numpy as np
import pytest

from mouthpiece.engines.preview.warp import Spline, enlarge, sample

SIZE = 128


def test_a_shift_is_a_shift() -> None:
    centres = np.array([[20, 20], [100, 30], [60, 60], [30, 100], [110, 110]], float)
    field = Spline(centres, SIZE).field(centres + [3, -2])
    assert field == pytest.approx(np.broadcast_to([3, -2], field.shape), abs=1e-2)


def test_centres_reach_their_places_alone_or_together() -> None:
    rng = np.random.default_rng(0)
    centres = np.stack(np.meshgrid([20, 50, 80, 110], [20, 50, 80, 110]), -1).reshape(-1, 2)
    places = centres + rng.normal(0, 3, (2, 16, 2))
    spline = Spline(centres.astype(np.float64), SIZE)
    fields = spline.field(places)
    for field, wanted in zip(fields, places, strict=True):
        assert spline.field(wanted) == pytest.approx(field, abs=1e-4)
        full = enlarge(field, SIZE)
        reached = centres + full[centres[:, 1], centres[:, 0]]
        assert np.abs(reached - wanted).max() < 0.5


def test_sampling_follows_the_field() -> None:
    image = np.zeros((SIZE, SIZE, 3), np.uint8)
    image[40, 70] = 255
    field = np.broadcast_to(np.float32([4, -6]), (20, 20, 2))
    out = sample(image, field, corner=(60, 40))
    assert tuple(np.argwhere(out[..., 0])[0]) == (6, 6)
