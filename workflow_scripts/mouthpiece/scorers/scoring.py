"""The score of a cut, with the speech that it was measured on."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np

from ..core.spans import find_spans
from ..core.timeline import Clock
from .base import Seen, at_score_rate
from .registry import create_scorer


def score_face(
    name: str, face: Iterable[Seen], clock: Clock, samples: np.ndarray, spoken: np.ndarray
) -> dict[str, Any]:
    """Score a cut.

    Args:
        name: The scorer's name.
        face: The clock's T frames, at their own rate.
        clock: The cut's frames.
        samples: The cut's sound, 16 kHz mono, [N] float32.
        spoken: The frames in which somebody speaks, [T] bool.

    Returns:
        JSON values: the fields of `Score`; scorer, its name; duration_s and speech_s, the length of
        the cut and of the speech in it; speech, the half-open frame ranges of speech.

    Raises:
        InputError: If the scorer's weights are missing.
        Fault: If its weights are damaged.
    """
    found = create_scorer(name).score(at_score_rate(face, clock.rate, clock.frames), samples)
    return {
        "scorer": name,
        **asdict(found),
        "duration_s": float(clock.frames / clock.rate),
        "speech_s": float(spoken.sum() / clock.rate),
        "speech": find_spans(spoken),
    }
