"""First and last frames of a cut in which an edit shows: a flash, or a whip of the camera.

Lips drawn there would stand on a white picture, or be torn. The frames are too few to refuse a cut.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ..core.spans import find_spans
from .landmarks import head_angles
from .observation import Observation

FLASH = 15.0
"""In a flash the skin's lightness (CIE L, of 100) is so far beside its usual one. In the first and
the last frame of 163 cuts of strangers without a flash it is 13 at most; in flashes that an editor
made 31 to 49. A white one is less far beside light skin."""

FLASH_S = 0.25
"""A change of light that lasts longer is no flash."""


def in_transition(
    observations: Sequence[Observation | None], rate: Fraction, max_turn_deg: float
) -> np.ndarray:
    """Find the first and the last frames of a cut in which no lips should be drawn.

    Args:
        observations: The face in each frame; None where it is not seen.
        rate: Frames per second.
        max_turn_deg: A head that is turned by more, at an end, is in a whip of the camera.

    Returns:
        [T] bool; true, too, before the face is first seen and after it is last seen.
    """
    light, turn = np.full((2, len(observations)), np.nan)
    for frame, face in enumerate(observations):
        if face is not None:
            light[frame] = face.skin[:, 0].mean()
            turn[frame] = abs(head_angles(face.points)[0])
    flash = np.abs(light - np.nanmedian(light)) > FLASH
    for first, end in find_spans(flash):
        flash[first:end] = end - first <= FLASH_S * rate
    unfit = np.isnan(light) | flash | (turn > max_turn_deg)
    before = np.logical_and.accumulate(unfit)
    return np.asarray(before | np.logical_and.accumulate(unfit[::-1])[::-1])
