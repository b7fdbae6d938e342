"""Where the source's mouth is shut, so that its picture may be kept in silence."""

import numpy as np

from ..audio.silence import opacity, shut, silence
from ..audio.speech import Speech
from ..core.timeline import Clock
from ..faces.mouth import MEASURES, measures
from ..faces.track import Track

GAP = MEASURES.index("gap")

SHUT_GAP, STILL_GAP = 0.03, 0.012
"""A mouth open by at most the first, moving by at most the second a frame, is shut; in distances of
the eyes. The face mesh draws a gap of 0.012 between closed lips."""


def kept_shut(track: Track) -> np.ndarray:
    """Find where the source's mouth is shut and stays so.

    Args:
        track: The face over T frames; not finite where there is none.

    Returns:
        [T] bool; False where there is no face.
    """
    finite = np.isfinite(track.points).all((1, 2))
    gap = np.full(track.frames, np.inf)
    if finite.any():
        gap[finite] = measures(track.points[finite])[:, GAP]
    return shut(gap, SHUT_GAP, STILL_GAP)


def weights(keeps: bool, is_shut: np.ndarray, speech: Speech, clock: Clock) -> np.ndarray:
    """Weigh the patches of a cut: 0 in silences in which its mouth is shut.

    Args:
        keeps: Whether the picture is kept there at all.
        is_shut: What `kept_shut` found of the clock's frames, [T] bool.
        speech: The cut's speech.
        clock: The cut's frames.

    Returns:
        [T] float32, see `audio.silence.opacity`.
    """
    if keeps and is_shut.any():
        return opacity(silence(speech, clock) & is_shut, clock)
    return np.ones(clock.frames, np.float32)
