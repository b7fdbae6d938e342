"""Whether lips have the shapes that phones ask for: rounded, spread, the lower lip at the teeth.

GRID's film holds one man's English; what the lips do in other vowels, and in other languages, is
measured on synthetic voices, whose phones are known.
"""

from collections.abc import Sequence

import numpy as np

from ..engines.preview.lip_network import CONTROLS
from .lip_metrics import CLOSED_APERTURE
from .phones import KINDS, VOWELS, Phone
from .prepare import RATE

CLOSE_UP_TO, OPEN_FROM = 0.5, 0.8
"""Openness of a vowel up to which it is close or close-mid, and from which on it is open. Only
vowels of the first kind are compared as rounded and spread, so that their height says little."""

LONG_VOWEL_S = 0.04
"""The least length of a vowel that is compared."""

NEARLY_CLOSED = 0.5
"""In f and v the gap is at most so much of that in the sentence's open vowels."""

LINGUAL = ("coronal", "sibilant", "dorsal")
"""Kinds of consonants that leave the lips alone."""


def shape_results(shapes: np.ndarray, phones: Sequence[Phone]) -> dict[str, list[float]]:
    """Compare the shapes of a sentence with what its phones ask for.

    Args:
        shapes: Its controls at `RATE`, columns as `CONTROLS`; closure may be left out, [T, 6 or 7].
        phones: Its phones.

    Returns:
        By name, a value for each pair of a rounded sound (a close vowel, or w) and a spread one (a
        close front vowel, or j): rounding_order, 1 where the rounded one is further forward, and
        spreading_order, 1 where it is narrower; rounding_by and spreading_by, by how much, in mouth
        widths. labiodental_order: for each pair of f or v and a consonant that leaves the lips
        alone, 1 where the lower lip is higher in f or v. labiodental_open: 1 for each f and v in
        which the mouth is nearly closed, but not wholly.
    """
    sounds: dict[str, list[Phone]] = {name: [] for name in (*_ASKED, "")}
    for part in (part for phone in phones for part in phone.parts):
        sounds[_asked(part)].append(part)

    def means(control: str, name: str) -> list[float]:
        curve = shapes[:, CONTROLS.index(control)]
        return [_mean_within(curve, part) for part in sounds[name]]

    def differences(control: str, more: str, less: str) -> list[float]:
        return [a - b for a in means(control, more) for b in means(control, less)]

    rounding = differences("protrusion", "rounded", "spread")
    spreading = differences("width", "spread", "rounded")
    raised = differences("lower", "lingual", "labiodental")
    vowels = means("aperture", "open")
    most = NEARLY_CLOSED * float(np.mean(vowels)) if vowels else np.inf
    return {
        "rounding_order": [float(one > 0) for one in rounding],
        "rounding_by": rounding,
        "spreading_order": [float(one > 0) for one in spreading],
        "spreading_by": spreading,
        "labiodental_order": [float(one > 0) for one in raised],
        "labiodental_open": [
            float(CLOSED_APERTURE < gap <= most) for gap in means("aperture", "labiodental")
        ],
    }


_ASKED = ("rounded", "spread", "open", "labiodental", "lingual")


def _asked(part: Phone) -> str:
    """What of `_ASKED` a single sound asks of the lips; "" is none of it."""
    kind = KINDS.get(part.ipa, "")
    if kind == "vowel":
        openness, rounding, frontness = VOWELS[part.ipa]
        if part.end_s - part.start_s < LONG_VOWEL_S:
            return ""
        if openness >= OPEN_FROM:
            return "open"
        if openness >= CLOSE_UP_TO:
            return ""
        return "rounded" if rounding == 1 else "spread" if frontness == 1 else ""
    if part.ipa == "j":
        return "spread"
    if kind in LINGUAL:
        return "lingual"
    return {"labial_glide": "rounded", "labiodental": "labiodental"}.get(kind, "")


def _mean_within(curve: np.ndarray, part: Phone) -> float:
    """The mean of a curve at `RATE` over a sound."""
    at = np.linspace(part.start_s, part.end_s, 9) * RATE - 0.5
    return float(np.interp(at, np.arange(len(curve)), curve).mean())
