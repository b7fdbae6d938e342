"""The score of a cut, with the speech that it was measured on."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import numpy as np

from ..core.spans import find_spans
from ..core.timeline import Clock
from .base import SCORE_RATE, Score, Seen, at_score_rate
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
        JSON values: the fields of `Score` but its table; scorer, its name; duration_s and speech_s,
        the length of the cut and of the speech in it; speech, the half-open frame ranges of speech;
        curve, the mean distance at each offset while somebody speaks, if the scorer has a table.

    Raises:
        InputError: If the scorer's weights are missing.
        Fault: If its weights are damaged.
    """
    found = create_scorer(name).score(at_score_rate(face, clock.rate, clock.frames), samples)
    return {
        "scorer": name,
        **_kept(found),
        **_curve(found, clock, spoken),
        "duration_s": float(clock.frames / clock.rate),
        "speech_s": float(spoken.sum() / clock.rate),
        "speech": find_spans(spoken),
    }


def _kept(score: Score) -> dict[str, Any]:
    """The fields of a score that files hold."""
    return {f.name: getattr(score, f.name) for f in fields(score) if f.name != "table"}


def _curve(score: Score, clock: Clock, spoken: np.ndarray) -> dict[str, list[float]]:
    """The mean distance at each offset over the frames in which somebody speaks.

    In pauses a mouth is at rest, and is as far from the silence of any offset.
    """
    if score.table is None:
        return {}
    middles = (np.arange(len(score.table)) + 0.5) * float(clock.rate) / SCORE_RATE
    heard = spoken[np.clip(middles.astype(int), 0, len(spoken) - 1)]
    chosen = score.table[heard] if heard.any() else score.table
    return {"curve": [round(float(value), 4) for value in chosen.mean(0)]}
