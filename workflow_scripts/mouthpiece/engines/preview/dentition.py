"""What makes a row of upper teeth look like teeth: how broad each is, where they meet and end, and
how the light on them falls off towards the corners of the mouth.

Lengths are in mouth widths at rest.
"""

from dataclasses import dataclass, replace

import numpy as np

ENDS = np.array([0.0, 0.175, 0.3, 0.395, 0.47, 0.54])
"""Where teeth meet, from the middle of the row on: central incisors are 8.5 mm broad, lateral ones
6.5, canines 7.5, of a mouth that is 49 mm wide. From the canine on the row turns away."""

SHORTER = np.array([0.0, 0.008, 0.002, 0.01, 0.014])
"""By how much each tooth ends higher than the arc of the row."""

ROUND = np.array([0.013, 0.015, 0.02, 0.017, 0.015])
"""How much higher the corners of each tooth are than its middle."""

GAP, GAP_BREADTH = 0.24, 0.01
"""How much darker it is where two teeth meet, and how broad that is: a soft line, never a black
one."""

SIDES = 0.05
"""How much darker a tooth is at its sides than in its middle: it is round."""

SCALES, MIDDLES = np.linspace(0.8, 1.3, 11), np.linspace(-0.07, 0.07, 15)
"""How broad teeth are against the usual ones, and where their middle is, of which the best is
taken."""

FITTED, LIKE, SURE = 0.3, 0.35, 0.55
"""How far from the middle of the mouth gaps are looked for; how like those of a row, as a
correlation, what is found must be; and from when on it is surely they."""

PLAIN, FAINT = 0.03, 0.35
"""A row whose columns differ by more, as a standard deviation, shows gaps of its own. Where these
are not surely found, the drawn ones are so faint, not to be seen beside them."""

NEAR = 0.03
"""What is further from where teeth meet is no gap, but a stripe on a tooth."""

REACH = 0.38
"""Where the light has fallen to the half. Of 26 people who bare their teeth, the median is .95 of
that in the middle at .16 mouth widths from it, .92 at .2, .84 at .24, .78 at .28, .68 at .32 and
.59 at .36."""


def light(across: np.ndarray) -> np.ndarray:
    """Find the light on teeth in the shade of the cheeks.

    Args:
        across: How far places are from the middle of the mouth.

    Returns:
        The share of the light on those in the middle.
    """
    return np.asarray(1 / (1 + (np.abs(across) / REACH) ** 4))


@dataclass(frozen=True)
class Dentition:
    """Where the teeth of a row are.

    Attributes:
        middle: Where the central incisors meet, from the middle of the mouth.
        scale: How broad they are against `ENDS`.
        shown: How much is seen of what is between them.
        sure: Whether they are surely found.
    """

    middle: float = 0.0
    scale: float = 1.0
    shown: float = 1.0
    sure: bool = False

    @classmethod
    def fitted(cls, darker: np.ndarray, across: np.ndarray, usual: float) -> "Dentition":
        """Find the teeth between which a row is darker.

        Args:
            darker: By how much each column is darker than the teeth beside it, [S].
            across: How far columns are from the middle of the mouth, [S].
            usual: How broad teeth are where none are told from each other.

        Returns:
            The teeth.
        """
        near = np.abs(across) < FITTED
        found, best = cls(0.0, usual), LIKE
        depth = darker[near] - darker[near].mean()
        for scale in usual * SCALES:
            for middle in MIDDLES:
                teeth = cls(float(middle), float(scale))
                lines = 1 - teeth.gaps(across[near], 0.01)
                lines = lines - lines.mean()
                norm = float(np.linalg.norm(lines) * np.linalg.norm(depth))
                like = float(lines @ depth) / max(norm, 1e-9)
                if like > best:
                    found, best = teeth, like
        shows_own = best < SURE and depth.std() > PLAIN
        return replace(found, shown=FAINT if shows_own else 1.0, sure=best >= SURE)

    def gaps(self, across: np.ndarray, softness: float) -> np.ndarray:
        """Find how light it is between teeth and at their sides.

        Args:
            across: How far places are from the middle of the mouth.
            softness: The blur of the picture.

        Returns:
            The share of the light on the middles of teeth.
        """
        apart = self._apart(across)
        _, aside = self._tooth(self._away(across))
        breadth = float(np.hypot(GAP_BREADTH, softness))
        line = GAP * GAP_BREADTH / breadth * np.exp(-((apart / breadth) ** 2))
        return np.asarray(1 - self.shown * (1 - (1 - line) * (1 - SIDES * aside**2)))

    def raised(self, across: np.ndarray) -> np.ndarray:
        """Find by how much teeth end higher than the row's arc.

        Args:
            across: How far places are from the middle of the mouth.

        Returns:
            Mouth widths.
        """
        tooth, aside = self._tooth(self._away(across))
        return np.asarray(SHORTER[tooth] + ROUND[tooth] * aside**4)

    def kept(self, own: np.ndarray, across: np.ndarray) -> np.ndarray:
        """Keep what a row shows between its teeth where these are surely found, else all it shows.

        Args:
            own: How light columns are against the teeth beside them.
            across: How far they are from the middle of the mouth.

        Returns:
            The same without what is on a tooth.
        """
        near = np.exp(-((self._apart(across) / NEAR) ** 2)) if self.sure else 1.0
        return np.asarray(1 - (1 - own) * near)

    def _apart(self, across: np.ndarray) -> np.ndarray:
        """How far places are from where teeth meet."""
        return np.asarray(np.abs(self._away(across)[..., None] - ENDS).min(-1) * self.scale)

    def _away(self, across: np.ndarray) -> np.ndarray:
        return np.asarray(np.abs(across - self.middle) / self.scale)

    def _tooth(self, away: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The tooth of each place, from the middle on, and how far beside its middle this is."""
        tooth = np.clip(np.searchsorted(ENDS, away, "right") - 1, 0, len(ROUND) - 1)
        first, end = ENDS[tooth], ENDS[tooth + 1]
        aside = np.abs(2 * (away - first) / (end - first) - 1)
        return tooth, np.clip(aside, 0, 1)
