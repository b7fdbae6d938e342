"""What a scorer says of a cut."""

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
    """What a scorer says of a cut, as JSON values: a `Score`'s, with what a gate asks besides.

    face: the clock's frames, at their own rate; samples: those of the cut; spoken: the frames [T]
    bool in which somebody speaks. `speech` has their runs: first frame, and end.
    """
    found = create_scorer(name).score(at_score_rate(face, clock.rate, clock.frames), samples)
    return {
        "scorer": name,
        **asdict(found),
        "duration_s": float(clock.frames / clock.rate),
        "speech_s": float(spoken.sum() / clock.rate),
        "speech": find_spans(spoken),
    }
