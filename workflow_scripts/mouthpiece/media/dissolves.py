"""Dissolves: runs of frames that blend one picture into another."""

import math

import numpy as np

DISSOLVE_REACHES = (5, 8, 12, 18)
"""Half-widths, in frames, of the windows in which dissolves are looked for."""

DISSOLVE_RESIDUAL = 1.2
"""How far a dissolve's frames may be from blends of its ends, against those of a moving picture."""

DISSOLVE_LIKENESS = 0.8
"""A correlation of the ends above this is one picture that moves or changes its light."""


def find_dissolves(grey: np.ndarray, first_frame: int, least_change: float) -> list[int]:
    """Find dissolves in a run of frames that holds no other cut.

    Args:
        grey: Grey thumbnails of the run, [T, H, W] uint8.
        first_frame: The number of its first frame.
        least_change: Mean difference, 0 to 255, of the ends of a dissolve.

    Returns:
        The middle frames of the dissolves, the clearest first.
    """
    frames = grey.astype(np.float32).reshape(len(grey), -1)
    found: list[tuple[float, int, int]] = []
    for reach in DISSOLVE_REACHES:
        if len(frames) <= 2 * reach:
            break
        whole = np.abs(frames[2 * reach :] - frames[: -2 * reach]).mean(axis=1)
        for n in np.flatnonzero(whole >= least_change).tolist():
            middle = blend_middle(frames[n : n + 2 * reach + 1], float(whole[n]))
            if middle is not None:
                found.append((float(whole[n]), first_frame + n + middle, reach))
    starts: list[int] = []
    # The window with the largest change holds the most of a dissolve; its neighbours repeat it.
    for _, middle, reach in sorted(found, key=lambda item: (-item[0], item[2])):
        if all(abs(middle - start) > 2 * reach for start in starts):
            starts.append(middle)
    return starts


def blend_middle(frames: np.ndarray, change: float) -> int | None:
    """Tell whether frames dissolve from the first into the last.

    In a dissolve every frame is a blend of the ends, and the last one's weight only rises. A
    picture that moves comes near to that, too: of a wave that has moved by the angle p, the ends
    correlate by cos p, and the middle is off their mean by tan(p / 4) / 2 of the whole change. So
    that is the measure: moving pictures lie at 1.6 of it and above, dissolves mostly under 0.5.

    Args:
        frames: Grey thumbnails, flat, [N, P] float32.
        change: Mean absolute difference of the first and the last one, 0 to 255.

    Returns:
        The index of the first frame that is half of each; None where they are no dissolve.
    """
    before, after = frames[0], frames[-1]
    if not before.std() or not after.std():
        return None  # a plain colour blends with anything
    likeness = float(np.corrcoef(before, after)[0, 1])
    if likeness > DISSOLVE_LIKENESS:
        return None
    step = after - before
    weight = (frames - before) @ step / (step @ step)
    if (np.diff(weight) < -0.1).any() or (np.diff(weight) > 0.45).any():
        return None
    blends = before + weight[:, None] * step
    moving = math.tan(math.acos(max(-1.0, likeness)) / 4) / 2
    if np.abs(frames - blends).mean(axis=1).max() > DISSOLVE_RESIDUAL * moving * change:
        return None
    return int(np.argmax(weight >= 0.5))
