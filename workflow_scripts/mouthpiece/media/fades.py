"""Fades to, through and from black."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..core.spans import find_spans


@dataclass(frozen=True)
class Fade:
    """A fade to, through or from black.

    Attributes:
        top: The last frame that is not darkened.
        middle: The middle of the dark frames; None where the film begins or ends in black, which is
            no cut.
        bottom: The first frame that is not darkened any more.
    """

    top: int
    middle: int | None
    bottom: int


def find_fades(grey: np.ndarray, hard: Sequence[int], fade_luma: float) -> list[Fade]:
    """Find runs of dark frames that the picture sinks into and rises from.

    Args:
        grey: Grey thumbnails of the film, [T, H, W] uint8.
        hard: First frames of its plain cuts. A dark run that begins or ends at one is no fade.
        fade_luma: Mean luma, 0 to 255, at or under which a picture is black.

    Returns:
        The fades, in order.
    """
    luma = grey.mean(axis=(1, 2))
    dark = (luma <= fade_luma) & (grey.std(axis=(1, 2)) <= fade_luma)
    fades = []
    for first, end in find_spans(dark):
        if {first, end} & set(hard):
            continue
        top, bottom = first, end - 1
        while top > 0 and luma[top - 1] > luma[top]:
            top -= 1
        while bottom + 1 < len(luma) and luma[bottom + 1] > luma[bottom]:
            bottom += 1
        between = first > 0 and end < len(grey)
        fades.append(Fade(top, (first + end) // 2 if between else None, bottom))
    return fades
