"""Spans with soft ends: how far something rules before, in and after them."""

from collections.abc import Iterable

import numpy as np

from .phones import STEP_RATE


def eased(spans: Iterable[tuple[int, int]], steps: int, lead_s: float, lag_s: float) -> np.ndarray:
    """Draw a curve that is 1 in spans, and eases to 0 around them.

    Args:
        spans: First row and end of each, at `STEP_RATE`.
        steps: S, how many rows are made.
        lead_s: How long before a span the curve begins.
        lag_s: How long after a span it ends.

    Returns:
        0 to 1, [S] float64.
    """
    rows, curve = np.arange(steps), np.zeros(steps)
    for first, end in spans:
        early = (first - rows) / (lead_s * STEP_RATE)
        late = (rows - (end - 1)) / (lag_s * STEP_RATE)
        ease = np.clip(1 - np.maximum(early, late), 0, 1)
        curve = np.maximum(curve, ease * ease * (3 - 2 * ease))
    return curve
