from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from mouthpiece.patches import deflicker
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.quality import measure_quality
from patchsets import PatchSet

FRAMES, SIDE = 24, 128
LIPS = (slice(80, 110), slice(44, 84))


def deflickered(patches: PatchSet, sigma_frames: float) -> PatchSet:
    return PatchSet.of(deflicker.deflickered(patches, sigma_frames))


def flicker(patches: PatchSet) -> float:
    return measure_quality(patches).flicker


def sharpness(patches: PatchSet) -> float:
    return measure_quality(patches).sharpness


def still(alpha: np.ndarray | None = None) -> PatchSet:
    """A face's skin with grain of its own in each frame, and nothing that moves."""
    chance = np.random.default_rng(0)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    skin = 140 + 30 * np.sin(rows / 25) + 20 * np.cos(columns / 30)
    grain = chance.normal(0, 1, (FRAMES, SIDE, SIDE, 1))
    pixels = np.clip(np.rint(skin[None, ..., None] + grain), 0, 255).astype(np.uint8)
    return PatchSet(
        "test",
        np.repeat(pixels, 3, axis=3),
        np.full((FRAMES, SIDE, SIDE), 255, np.uint8),
        np.zeros((FRAMES, 2, 3)),
        np.ones(FRAMES, np.float32) if alpha is None else alpha,
    )


def with_flicker(patches: PatchSet, levels: float = 2.0) -> PatchSet:
    """Each frame a little lighter or darker on one side."""
    lean = np.random.default_rng(1).normal(0, levels, FRAMES)
    wave = np.linspace(-1, 1, SIDE) + 1
    changed = patches.pixels + lean[:, None, None, None] * wave[:, None]
    return PatchSet(
        "test",
        np.clip(np.rint(changed), 0, 255).astype(np.uint8),
        patches.masks,
        patches.affine,
        patches.alpha,
    )


def test_flicker_is_removed_and_grain_stays() -> None:
    shaky = with_flicker(still())
    calm = deflickered(shaky, 2.0)
    assert flicker(shaky) > 2.5 * flicker(still())
    excess = [flicker(patches) - flicker(still()) for patches in (shaky, calm)]
    assert excess[1] < 0.3 * excess[0]
    assert sharpness(calm) == pytest.approx(sharpness(shaky), rel=0.03)


def test_a_mouth_opens_as_it_did() -> None:
    patches = still()
    opened = patches.pixels.astype(int)
    for n in range(FRAMES):
        depth = 60 * (n // 3 % 2)  # open for three frames, shut for three
        opened[n, LIPS[0], LIPS[1]] -= depth
    pixels = np.clip(opened, 0, 255).astype(np.uint8)
    spoken = PatchSet("test", pixels, patches.masks, patches.affine, patches.alpha)
    calm = deflickered(spoken, 2.0).pixels[:, LIPS[0], LIPS[1]].astype(float).mean((1, 2, 3))
    before = pixels[:, LIPS[0], LIPS[1]].astype(float).mean((1, 2, 3))
    assert np.abs(calm - before).max() < 1.5  # of 60


def test_what_is_not_drawn_is_neither_seen_nor_changed() -> None:
    alpha = np.ones(FRAMES, np.float32)
    alpha[8:12] = 0
    patches = with_flicker(still(alpha))
    wanted = deflickered(patches, 2.0)
    patches.pixels[8:12] -= 3  # near enough to count, if it were looked at
    found = deflickered(patches, 2.0)
    np.testing.assert_array_equal(found.pixels[8:12], patches.pixels[8:12])
    drawn = alpha > 0
    np.testing.assert_array_equal(found.pixels[drawn], wanted.pixels[drawn])


def test_one_frame_stays_as_it_is() -> None:
    patches = still()
    one = PatchSet("test", patches.pixels[:1], patches.masks[:1], patches.affine[:1],
                   patches.alpha[:1])  # fmt: skip
    np.testing.assert_array_equal(deflickered(one, 3.0).pixels, one.pixels)
    assert flicker(one) == 0.0


def test_a_speaking_mouth_does_not_count_as_flicker() -> None:
    patches = still()
    quiet = flicker(patches)
    patches.pixels[::2, LIPS[0], LIPS[1]] //= 2
    assert flicker(patches) == pytest.approx(quiet, rel=0.15)


def test_as_many_patches_are_held_as_the_averaging_looks_ahead() -> None:
    """However long the cut is."""
    asked = []

    def stream() -> Iterator[Patch]:
        for number, patch in enumerate(still()):
            asked.append(number)
            yield patch

    for number, _ in enumerate(deflicker.deflickered(stream(), 2.0)):
        assert len(asked) == min(number + 7, FRAMES)


@pytest.mark.parametrize("sigma_frames", [0.7, 2.0, 12.5])
def test_the_stream_is_what_the_whole_cut_gives(sigma_frames: float) -> None:
    """Against the same averaging written over a whole cut at once."""
    alpha = np.ones(FRAMES, np.float32)
    alpha[8:12] = 0
    patches = with_flicker(still(alpha))
    light = np.stack([deflicker._spots(pixels) for pixels in patches.pixels])
    steps = np.arange(FRAMES) - np.arange(FRAMES)[:, None]
    apart = ((light[None] - light[:, None]) ** 2).mean(-1)
    weights = np.exp(-apart / (2 * deflicker.RANGE**2))
    weights *= np.exp(-0.5 * (steps / sigma_frames) ** 2)[..., None, None]
    weights *= (np.abs(steps) <= np.ceil(3 * sigma_frames))[..., None, None]
    weights *= (alpha > 0)[None, :, None, None]
    drawn = np.flatnonzero(alpha > 0)
    mean = np.einsum("tshw,shwc->thwc", weights, light)[drawn] / weights.sum(1)[drawn, ..., None]
    wanted = patches.pixels.copy()
    for place, number in enumerate(drawn):
        change = (mean[place] - light[number]).astype(np.float32)
        finer = cv2.resize(change, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        wanted[number] = np.clip(np.rint(wanted[number] + finer), 0, 255)
    apart = np.abs(deflickered(patches, sigma_frames).pixels.astype(int) - wanted)
    assert apart.max() <= 1 and (apart > 0).mean() < 1e-3
