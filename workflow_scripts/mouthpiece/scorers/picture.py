"""What the picture of a draft shows, beside its sync: measured on the composited frames.

Each measure is None where it cannot be judged: too few frames, too little speech, a turned face.
"""

import math
from dataclasses import dataclass

import numpy as np

from ..faces.articulation import ARTICULATORS, Span, articulation
from ..patches.looks import Looks
from .silent_mouth import mouth_in_silence, openings

SPOKEN_S = 1.0
"""How much speech it takes to judge how a mouth articulates, in seconds."""

LEAST_RANGE = {"opening": 0.03, "width": 0.03}
"""A person whose own mouth moves less than this in the cut, in distances of the outer eye corners,
shows nothing to compare a draft to."""


@dataclass(frozen=True)
class PictureMeasures:
    """The measures, as score.json has them.

    Attributes:
        silence_s: The dub's silences in which the mouth is watched, in seconds.
        mouth_in_silence_s: For how long the mouth moves or is open in them, in seconds.
        open_in_silence_s: For how long it is open in them, in seconds.
        opening_ratio: How far the mouth opens, over how far the person's own does in the cut.
        width_ratio: How far it spreads and narrows, over how far the person's own does.
        asymmetry: How much less alike its two halves are than those of the person's own, -1 to 1.
        detail: Its sharpness over the source's.
        shade_step: The greatest change of the drawn skin's shade from a frame to the next, beyond
            the source's own, in levels of 255.
        seam: How steeply the draft departs from the picture at its rim, in levels of 255 for each
            32nd of the distance between the outer eye corners.
    """

    silence_s: float
    mouth_in_silence_s: float
    open_in_silence_s: float
    opening_ratio: float | None
    width_ratio: float | None
    asymmetry: float | None
    detail: float | None
    shade_step: float | None
    seam: float | None


def picture_measures(
    looks: Looks,
    drawn: np.ndarray,
    own: np.ndarray,
    spoken: np.ndarray,
    heard: np.ndarray,
    rate: float,
) -> PictureMeasures:
    """Measure a draft's picture.

    Args:
        looks: What was seen of the frames as the draft was laid in.
        drawn: The face meshes found in the composited frames, [T, 468, 3] float.
        own: Those of the source, [T, 468, 3] float.
        spoken: Whether somebody speaks in the dub in each frame, [T] bool.
        heard: Whether somebody may be heard, [T] bool; the others are silences.
        rate: Frames/s.

    Returns:
        The measures, rounded.
    """
    silence = mouth_in_silence(openings(drawn), heard, rate, openings(own))
    seen = looks.summary()
    ratios = _ratios(drawn, own, spoken, rate) if looks.frame else {}
    return PictureMeasures(
        **silence,
        opening_ratio=_rounded(ratios.get("opening")),
        width_ratio=_rounded(ratios.get("width")),
        asymmetry=_rounded(seen.asymmetry),
        detail=_rounded(seen.detail),
        shade_step=_rounded(seen.shade_step),
        seam=_rounded(seen.seam),
    )


def _ratios(
    drawn: np.ndarray, own: np.ndarray, spoken: np.ndarray, rate: float
) -> dict[str, float]:
    """How far a mouth moves, over how far the person's own does; only what can be judged."""
    frames = min(len(drawn), len(spoken))
    said = np.flatnonzero(spoken[:frames])
    if len(said) < SPOKEN_S * rate:
        return {}
    mouth, person = articulation(drawn)[said], articulation(own)
    found = {}
    for column, name in enumerate(ARTICULATORS):
        had = Span.of(person[:, column]).range
        if had >= LEAST_RANGE.get(name, math.inf):
            found[name] = Span.of(mouth[:, column]).range / had
    return found


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
