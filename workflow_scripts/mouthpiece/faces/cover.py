"""What hides a mouth: a hand, a microphone, whatever passes before it.

The colours at the mesh's points around the mouth are compared with their usual ones in the cut.
Light changes the upper face as well, and lips that talk or laugh keep the pattern of lips and skin.
So a mouth is covered where the colours around it change more than those above the nose do, and
their pattern is lost.
"""

from collections.abc import Sequence

import numpy as np

from ..core.spans import find_spans
from .landmarks import LIPS_INNER, LIPS_OUTER, level
from .observation import Observation

NOSE_TIP, UNDER_NOSE = 1, 2
"""The tip of the nose, and where it meets the upper lip."""

AROUND = 0.33
"""Points so near the middle of the mouth, in face heights, are around it."""

COVERED = 2.0
"""From here on a mouth is covered, with the frames beside it that are `PARTLY` so. Of 110 clips of
people whose mouth is free, none reaches it in the first 2.4 s; two of them do later, where the chin
moves behind a microphone."""

PARTLY = 1.3
"""From here on a mouth is covered in frames beside one in which it surely is. Of things that a
program moves before the mouths of those people (`benchmarks/occluders.py`), 98 of 99 microphones
and 66 of 92 hands in the face's own skin colour are found."""

COLOUR_WEIGHT = 2.0
"""A difference in hue counts so many times one in lightness, in the pattern."""


def covered(observations: Sequence[Observation | None]) -> np.ndarray:
    """Find the frames in which something covers the mouth.

    Where the face is not seen, its mouth is covered if it is before and after.

    Args:
        observations: The face in each frame; None where it is not seen.

    Returns:
        [T] bool.
    """
    seen = [one for one in observations if one is not None]
    frames = np.flatnonzero([one is not None for one in observations])
    cover = mouth_cover(seen)
    hidden = cover >= PARTLY
    for first, end in find_spans(hidden):
        hidden[first:end] = cover[first:end].max() >= COVERED
    found = np.zeros(len(observations), bool)
    found[frames] = hidden
    for at in np.flatnonzero(hidden[:-1] & hidden[1:]):
        found[frames[at] : frames[at + 1]] = True
    return found


def mouth_cover(seen: Sequence[Observation]) -> np.ndarray:
    """Measure how much something hides the mouth in each frame.

    Args:
        seen: The face in each frame.

    Returns:
        The change of the colours around the mouth beyond that of the upper face (CIE Lab), times 1
        minus the correlation of their pattern with the usual one, [N] float64. See `COVERED`.
    """
    if not seen:
        return np.zeros(0)
    usual_mesh = np.median([level(one.points) for one in seen], axis=0)
    around, above = _parts(usual_mesh)
    colours = np.stack([one.colours for one in seen])
    change = colours - np.median(colours, axis=0)
    change -= np.median(change[:, above], axis=1, keepdims=True)
    size = np.linalg.norm(change, axis=2)
    beyond = size[:, around].mean(1) - size[:, above].mean(1)
    pattern = _pattern(colours[:, around], usual_mesh[around])
    usual = _pattern(np.median(colours, axis=0)[None, around], usual_mesh[around])[0]
    lengths = np.linalg.norm(pattern, axis=1) * np.linalg.norm(usual)
    lost = 1 - pattern @ usual / np.maximum(lengths, 1e-9)
    return np.asarray(np.maximum(beyond, 0) * lost)


def _parts(mesh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points around the mouth, and points above the nose's tip; the inner lips are neither."""
    skin = np.ones(len(mesh), bool)
    skin[list(LIPS_INNER)] = False
    near = np.linalg.norm(mesh - mesh[list(LIPS_OUTER)].mean(0), axis=1) < AROUND
    below = mesh[:, 1] > mesh[UNDER_NOSE, 1]
    above = mesh[:, 1] < mesh[NOSE_TIP, 1] - 0.05
    return np.flatnonzero(skin & near & below), np.flatnonzero(skin & above)


def _pattern(colours: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Colours [N, P, 3] at places [P, 2] without the light's gradient, [N, 3 P]."""
    plane, _ = np.linalg.qr(np.column_stack([np.ones(len(at)), at]))
    weighted = colours * (1, COLOUR_WEIGHT, COLOUR_WEIGHT)
    left = weighted - np.einsum("pk,nkc->npc", plane, np.einsum("pk,npc->nkc", plane, weighted))
    return np.asarray(left.reshape(len(left), -1))
