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


def curve_of(table: np.ndarray, clock: Clock, spoken: np.ndarray) -> list[float]:
    """Average a distance table over the frames in which somebody speaks.

    In pauses a mouth is at rest, and is as far from the silence of any offset.

    Args:
        table: Distances by scored frame and offset, [S, 31] float.
        clock: The cut's frames.
        spoken: The frames in which somebody speaks, [T] bool.

    Returns:
        The mean distance at each offset, [31] float, rounded to four digits.
    """
    middles = (np.arange(len(table)) + 0.5) * float(clock.rate) / SCORE_RATE
    heard = spoken[np.clip(middles.astype(int), 0, len(spoken) - 1)]
    chosen = table[heard] if heard.any() else table
    return [round(float(value), 4) for value in chosen.mean(0)]


def _kept(score: Score) -> dict[str, Any]:
    """The fields of a score that files hold."""
    return {f.name: getattr(score, f.name) for f in fields(score) if f.name != "table"}


def _curve(score: Score, clock: Clock, spoken: np.ndarray) -> dict[str, list[float]]:
    """The curve of a score, where the scorer has a table."""
    return {} if score.table is None else {"curve": curve_of(score.table, clock, spoken)}
