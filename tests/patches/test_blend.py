"""A drawing mixed with what is under it."""

import numpy as np
import pytest

from mouthpiece.patches.blend import mix


@pytest.mark.parametrize(("dtype", "peak"), [(np.uint8, 255), (np.uint16, 1023)])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_levels_are_mixed_by_weight_and_kept_where_it_is_0(
    dtype: type, peak: int, channels: tuple[int, ...]
) -> None:
    random = np.random.default_rng(0)
    under = random.integers(0, peak + 1, (40, 30, *channels)).astype(dtype)
    drawn = random.uniform(-20, peak + 20, under.shape).astype(np.float32)
    weight = np.clip(random.uniform(-0.5, 1.2, (40, 30)), 0, 1).astype(np.float32)
    each = weight.reshape(40, 30, *(1 for _ in channels))
    wanted = np.clip(np.rint(under + each * (drawn - under)), 0, peak)
    mix(drawn, under, weight, peak)
    assert (drawn == wanted).all()
    assert (drawn[weight == 0] == under[weight == 0]).all()
