"""What counts as flicker: what changes and does not move."""

from itertools import pairwise

import cv2
import numpy as np

from mouthpiece.patches.warp_error import NO_ERROR, Faces, warp_error

SIDE, FRAMES = 256, 6
DRAWN = np.ones((SIDE, SIDE), np.float32)


def texture() -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, 1, (SIDE, SIDE)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 4)
    return 128 + 30 * soft / soft.std()


def sliding(step_px: float) -> list[np.ndarray]:
    """The texture, moved on in each frame."""
    moved = [
        cv2.warpAffine(texture(), np.float32([[1, 0, step_px * n], [0, 1, 0]]), (SIDE, SIDE),
                       borderMode=cv2.BORDER_REFLECT)
        for n in range(FRAMES)
    ]  # fmt: skip
    return [np.clip(one, 0, 255).astype(np.uint8) for one in moved]


def shaken(frames: list[np.ndarray], levels: float) -> list[np.ndarray]:
    """With other light in each frame, in waves."""
    chance = np.random.default_rng(2)
    waves = [cv2.resize(chance.normal(0, levels, (6, 6)), (SIDE, SIDE)) for _ in frames]
    return [np.clip(f + w, 0, 255).astype(np.uint8) for f, w in zip(frames, waves, strict=True)]


def errors(*drafts: list[np.ndarray], weight: np.ndarray = DRAWN) -> list[float]:
    faces = [Faces(lumas, weight) for lumas in zip(*drafts, strict=True)]
    found = sum((warp_error(*pair) for pair in pairwise(faces)), NO_ERROR).shares
    assert found is not None
    return found


def test_what_moves_is_no_flicker() -> None:
    still, moving, shaking = errors(sliding(0))[0], errors(sliding(2))[0], shaken(sliding(2), 6)
    assert still == 0 and moving < 0.02
    assert errors(sliding(2), shaking)[1] > 0.2


def test_more_flicker_has_a_larger_error() -> None:
    frames = sliding(1)
    found = errors(frames, *(shaken(frames, levels) for levels in (2, 4, 8)))
    assert all(more > 1.5 * less for less, more in pairwise(found[1:]))


def test_steady_detail_hardly_counts() -> None:
    frames = sliding(1)
    fine = 12 * (np.indices((SIDE, SIDE)).sum(0) % 4 < 2)
    detailed = [np.clip(f + np.roll(fine, n, 1), 0, 255).astype(np.uint8)
                for n, f in enumerate(frames)]  # fmt: skip
    plain, sharp, shaking = errors(frames, detailed, shaken(frames, 4))
    assert sharp - plain < 0.1 * (shaking - plain)


def test_only_what_is_drawn_counts() -> None:
    left = DRAWN.copy()
    left[:, SIDE // 2 :] = 0
    frames = sliding(0)
    right = [f.copy() for f in frames]
    for number, one in enumerate(right):
        one[:, SIDE // 2 + 16 :] += np.uint8(10 * (number % 2))
    assert errors(right, weight=left)[0] < 0.02 < 0.1 < errors(right)[0]


def test_of_no_frames_nothing_is_said() -> None:
    assert NO_ERROR.shares is None
