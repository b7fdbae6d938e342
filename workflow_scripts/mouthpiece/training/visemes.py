"""Lip shapes that phonetics asks for by name: rounded, spread, the lower lip at the upper teeth.

The film's one man and 51 words hardly show them: his lips narrow by 3 % of their width in a rounded
vowel. Which way lips go is that of the phonetic literature (Linker, "Articulatory and acoustic
correlates of labial activity in vowels", UCLA Working Papers in Phonetics 56, 1982; Abry and Boë,
"Laws for lips", Speech Communication 5, 1986): rounded vowels are narrower and further forward, the
more the closer they are; close front vowels without rounding are wider. How far they go is chosen,
within what free talkers do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..core.spans import find_spans
from ..engines.preview.lip_network import CONTROLS
from .easing import eased
from .phones import FEATURES

LEAD_S, LAG_S = 0.12, 0.08
"""Lips are rounded and spread ahead of the vowel, through its consonants, more than after it."""


@dataclass(frozen=True, kw_only=True)
class Viseme:
    """A lip shape, and the sounds that ask for it.

    Attributes:
        target: Values of some of `CONTROLS`, in mouth widths at rest.
        strength: How far it overrules what the film's man does, 0 to 1, in the midst of a sound.
        lead_s: How long before its sound it begins.
        lag_s: How long after its sound it ends.
        consonant: The feature of `FEATURES` of consonants that ask for it; "" is none.
        rounding: Whether vowels that ask for it are rounded.
        openness: From where, and up to where, vowels that ask for it are open; none by default.
    """

    target: Mapping[str, float]
    strength: float
    lead_s: float = LEAD_S
    lag_s: float = LAG_S
    consonant: str = ""
    rounding: bool = True
    openness: tuple[float, float] = (2.0, 2.0)

    def asked(self, rows: np.ndarray) -> np.ndarray:
        """Tell where sounds ask for it.

        Args:
            rows: Articulation at `STEP_RATE`, [S, len(FEATURES)] float32.

        Returns:
            [S] bool.
        """
        column = {name: rows[:, i] for i, name in enumerate(FEATURES)}
        low, high = self.openness
        vowel = (column["vowel"] > 0.5) & (low <= column["openness"]) & (column["openness"] < high)
        lips = column["rounding"] > 0.5
        if not self.rounding:
            lips = (column["rounding"] < 0.25) & (column["frontness"] > 0.5)
        consonant = column[self.consonant] > 0.5 if self.consonant else False
        return (vowel & lips) | consonant

    def dominance(self, rows: np.ndarray) -> np.ndarray:
        """How far it rules around the sounds that ask for it, with soft ends.

        Args:
            rows: Articulation at `STEP_RATE`, [S, len(FEATURES)] float32.

        Returns:
            0 to `strength`, [S] float64.
        """
        spans = find_spans(self.asked(rows))
        return self.strength * eased(spans, len(rows), self.lead_s, self.lag_s)


VISEMES: Final = (
    Viseme(
        target={"width": 0.86, "protrusion": 0.05},
        strength=0.8,
        consonant="labial_glide",
        openness=(0.0, 0.3),
    ),
    Viseme(
        target={"width": 0.9, "protrusion": 0.03},
        strength=0.8,
        openness=(0.3, 0.6),
    ),
    Viseme(
        target={"width": 0.93, "protrusion": 0.015},
        strength=0.6,
        openness=(0.6, 1.01),
    ),
    Viseme(
        target={"width": 1.06, "protrusion": -0.045},
        strength=0.7,
        rounding=False,
        openness=(0.0, 0.3),
    ),
    Viseme(
        target={"width": 1.03, "protrusion": -0.045},
        strength=0.6,
        rounding=False,
        openness=(0.3, 0.6),
    ),
    Viseme(
        target={"aperture": 0.035, "upper": 0.01, "lower": 0.02},
        strength=0.9,
        lead_s=0.06,
        lag_s=0.05,
        consonant="labiodental",
    ),
)
"""Lips of rounded close, mid and open vowels, of spread close and mid ones, and of f and v, whose
lower lip is at the upper teeth: nearly closed, but not wholly."""


def with_visemes(curves: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Draw curves to the shapes that their sounds ask for.

    Where sounds that ask for different shapes are near, each has the share of its dominance, as in
    Cohen and Massaro's model.

    Args:
        curves: Controls at `STEP_RATE`, columns as `CONTROLS` without closure, [S, 6].
        rows: Articulation at `STEP_RATE`, [S, len(FEATURES)] float32.

    Returns:
        [S, 6] float64.
    """
    drawn = curves.astype(np.float64)
    dominances = [viseme.dominance(rows) for viseme in VISEMES]
    for i, name in enumerate(CONTROLS[:-1]):
        asked = [
            (dominance, viseme.target[name])
            for dominance, viseme in zip(dominances, VISEMES, strict=True)
            if name in viseme.target
        ]
        if asked:
            total = np.sum([dominance for dominance, _ in asked], 0)
            wanted = np.sum([dominance * target for dominance, target in asked], 0)
            crowd = np.maximum(total, 1)
            drawn[:, i] = drawn[:, i] * (1 - total / crowd) + wanted / crowd
    return drawn
