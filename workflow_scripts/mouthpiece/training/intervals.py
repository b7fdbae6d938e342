"""Figures over clips with bootstrap intervals: clips are resampled, never windows or frames."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.stats import bootstrap

from ..calibration.statistics import Rate, auc

CONFIDENCE_LEVEL = 0.95

RESAMPLES = 1000

SEED = 7


def interval(statistic: Callable[[np.ndarray], float], clips: int) -> dict[str, Any]:
    """Compute a figure and its percentile bootstrap interval.

    Args:
        statistic: The figure of some clips, by their indices, [N] int.
        clips: How many clips there are.

    Returns:
        JSON values: value, the figure of all clips; interval_95, two numbers; clips.
    """
    indices = np.arange(clips)
    value = float(statistic(indices))
    low = high = value
    if clips > 1:
        low, high = bootstrap(
            (indices,),
            statistic,
            n_resamples=RESAMPLES,
            confidence_level=CONFIDENCE_LEVEL,
            method="percentile",
            vectorized=False,
            rng=np.random.default_rng(SEED),
        ).confidence_interval
    return {
        "value": round(value, 4),
        "interval_95": [round(float(low), 4), round(float(high), 4)],
        "clips": clips,
    }


def median(values: Sequence[float]) -> dict[str, Any]:
    """Compute the median over clips.

    Args:
        values: One value a clip.

    Returns:
        JSON values: see `interval`.
    """
    array = np.array(values)
    return interval(lambda drawn: float(np.median(array[drawn])), len(array))


def mean(groups: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Compute the mean of all values, which is a share where they are 0 and 1.

    Args:
        groups: The values of each clip; a clip may have none.

    Returns:
        JSON values: see `interval`. Where all values are 0, or 1, resampling knows no others: the
        other bound is that of as many clips with values of which none is otherwise (`Rate`).
    """
    return share([sum(group) for group in groups], [len(group) for group in groups])


def share(parts: Sequence[float], wholes: Sequence[float]) -> dict[str, Any]:
    """Compute how much of a whole a part is, over clips that count differently.

    Args:
        parts: How much each clip has of the part, of values that are not negative.
        wholes: How much each clip has of the whole; a clip may have none.

    Returns:
        JSON values: see `mean`.
    """
    sums, counts = np.array(parts, float), np.array(wholes, float)

    def statistic(drawn: np.ndarray) -> float:
        return float(sums[drawn].sum() / (counts[drawn].sum() or 1))

    found, told = interval(statistic, len(sums)), int(np.count_nonzero(counts))
    if told and np.array_equal(sums, counts):
        found["interval_95"][0] = round(Rate(told, told).at_least, 4)
    if told and not sums.any():
        found["interval_95"][1] = round(Rate(0, told).at_most, 4)
    return found


def separation(
    positive: Sequence[Sequence[float]], negative: Sequence[Sequence[float]]
) -> dict[str, Any]:
    """Compute the AUC: the chance that a positive score is higher than a negative one.

    Args:
        positive: The scores of each clip's windows that are in sync.
        negative: The scores of each clip's windows that are not.

    Returns:
        JSON values: see `interval`. A draw of clips without windows of both kinds counts as 0.5.
    """
    ups = [np.array(group, float) for group in positive]
    downs = [np.array(group, float) for group in negative]

    def statistic(drawn: np.ndarray) -> float:
        up, down = (np.concatenate([part[i] for i in drawn]) for part in (ups, downs))
        return float(auc(up, down)) if len(up) and len(down) else 0.5

    return interval(statistic, len(ups))
