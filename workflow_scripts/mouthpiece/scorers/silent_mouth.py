"""A mouth that moves while the dub is silent, after LipLeak of KeySync (arXiv 2505.00497).

It is measured on the faces that a scorer looks at anyway, as they go by.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from ..core.curves import gaussian, swing
from ..core.spans import find_spans
from ..faces.landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER, lip_gap
from .base import Seen

SILENCE_S = 0.2
"""A silence must be longer than this, in seconds: in shorter ones a mouth is on its way from one
sound to the next."""

EDGE_S = 0.12
"""So much of a silence after speech and before it, in seconds, does not count: a mouth closes after
the sound, and opens before it."""

SMOOTHING_S = 0.03
"""Standard deviation of the smoothing of the opening, in seconds: landmarks tremble."""

WINDOW_S = 0.28
"""The time in which the opening must change, in seconds: about a syllable."""

MOVING = 0.03
"""By how much it must change, in distances of the outer eye corners. Of 28 GRID talkers, whose
mouths follow their own voices, 1.5 % of the frames of silence reach it and 64 % of those of
speech."""


class MouthWatch:
    """Notes how far the lips are apart in the faces that pass by."""

    def __init__(self) -> None:
        self._gaps: list[float] = []
        self._eyes: list[float] = []

    def watched(self, face: Iterable[Seen]) -> Iterator[Seen]:
        """Look at faces on their way.

        Args:
            face: A face in each frame.

        Yields:
            The same.
        """
        for seen in face:
            points = seen.points
            eyes = points[LEFT_EYE_OUTER] - points[RIGHT_EYE_OUTER]
            self._gaps.append(lip_gap(points))
            self._eyes.append(float(np.linalg.norm(eyes)))
            yield seen

    @property
    def opening(self) -> np.ndarray:
        """How far the lips are apart, in distances of the outer eye corners, [T] float64."""
        return np.array(self._gaps) / max(float(np.median(self._eyes or [1.0])), 1e-6)


def mouth_in_silence(opening: np.ndarray, spoken: np.ndarray, rate: float) -> dict[str, float]:
    """Measure for how long a mouth moves while nobody is heard.

    Args:
        opening: How far the lips are apart in each frame, in distances of the outer eye corners,
            [T] float.
        spoken: Whether somebody speaks in each frame, [T] bool.
        rate: Frames/s.

    Returns:
        JSON values: `silence_s`, the silences of more than `SILENCE_S` without their edges, in
        seconds; `mouth_in_silence_s`, for how long the mouth moves in them.
    """
    frames = min(len(opening), len(spoken))
    counted = np.zeros(frames, bool)
    edge = round(EDGE_S * rate)
    for first, end in find_spans(~spoken[:frames]):
        if end - first > SILENCE_S * rate:
            counted[first + edge * (first > 0) : end - edge * (end < frames)] = True
    moving = counted & _moving(opening[:frames], rate) if counted.any() else counted
    seconds = [round(float(which.sum()) / rate, 3) for which in (counted, moving)]
    return {"silence_s": seconds[0], "mouth_in_silence_s": seconds[1]}


def _moving(opening: np.ndarray, rate: float) -> np.ndarray:
    """Whether a mouth moves around each frame, [T] bool."""
    smooth = gaussian(opening, SMOOTHING_S * rate)
    window = round(WINDOW_S * rate) | 1  # odd: centred on a frame
    return np.asarray(swing(smooth, window) > MOVING)
