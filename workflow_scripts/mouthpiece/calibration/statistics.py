"""Shares with exact bounds, and areas under ROC curves with bootstrap intervals."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import binomtest, bootstrap, rankdata

CONFIDENCE_LEVEL = 0.95
"""Of every interval and bound that is reported."""

RESAMPLES = 2000
"""Bootstrap resamples of an AUC's interval."""

BATCH = 100
"""Resamples that are ranked at once; bounds memory."""


@dataclass(frozen=True)
class Rate:
    """How many of a number of drafts pass.

    Attributes:
        passed: Drafts that pass.
        total: All drafts; at least 1.
    """

    passed: int
    total: int

    @property
    def share(self) -> float:
        """The observed share."""
        return self.passed / self.total

    @property
    def at_most(self) -> float:
        """One-sided upper bound of the true share (Clopper and Pearson, Biometrika 1934)."""
        return self._bounds("less")[1]

    @property
    def at_least(self) -> float:
        """One-sided lower bound of the true share (Clopper and Pearson)."""
        return self._bounds("greater")[0]

    def _bounds(self, alternative: Literal["less", "greater"]) -> tuple[float, float]:
        test = binomtest(self.passed, self.total, alternative=alternative)
        found = test.proportion_ci(CONFIDENCE_LEVEL, method="exact")
        return float(found.low), float(found.high)


@dataclass(frozen=True)
class Area:
    """An area under a ROC curve.

    Attributes:
        value: The area, in [0, 1].
        low: The lower end of its bootstrap interval.
        high: The upper end of its bootstrap interval.
    """

    value: float
    low: float
    high: float


def auc(good: np.ndarray, bad: np.ndarray, axis: int = -1) -> np.ndarray:
    """Compute areas under ROC curves as Mann and Whitney's U statistic.

    Args:
        good: Scores of good drafts along `axis`, float; -inf is a score like any other.
        bad: Scores of bad drafts along `axis`, of the same other dimensions.
        axis: The axis of the drafts.

    Returns:
        The share of pairs in which the good draft scores more, ties counted half; the shape of
        the inputs without `axis`.
    """
    count = good.shape[axis]
    ranks = rankdata(np.concatenate([good, bad], axis=axis), axis=axis)
    of_good = np.take(ranks, np.arange(count), axis=axis).sum(axis)
    return np.asarray((of_good - count * (count + 1) / 2) / (count * bad.shape[axis]))


def area(good: np.ndarray, bad: np.ndarray, seed: int = 0) -> Area:
    """Compute an AUC with its percentile bootstrap interval.

    Args:
        good: Scores of good drafts, [G] float.
        bad: Scores of bad drafts, [B] float.
        seed: The seed of the resampling.

    Returns:
        The area. Where a group has one draft, which cannot be resampled, the interval is [0, 1].
    """
    value = float(auc(good, bad))
    if min(len(good), len(bad)) < 2:
        return Area(value, 0.0, 1.0)
    interval = bootstrap(
        (good, bad),
        auc,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE_LEVEL,
        method="percentile",
        batch=BATCH,
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Area(value, float(interval.low), float(interval.high))


def bad_needed(wanted: float) -> int:
    """Compute how many bad drafts can assure a false-pass share if none of them passes.

    Args:
        wanted: The share, in (0, 1).

    Returns:
        The least number whose upper bound is at most `wanted`.
    """
    return math.ceil(math.log(1 - CONFIDENCE_LEVEL) / math.log(1 - wanted))
