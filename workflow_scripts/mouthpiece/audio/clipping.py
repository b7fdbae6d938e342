"""Samples at full scale in a row: a sound that was recorded or made too loud."""

import numpy as np

from ..core.spans import find_spans

FULL_SCALE = 0.999
"""From this amplitude on a sample is at full scale: 16-bit converters stop a step below 1."""


def longest_clip(samples: np.ndarray) -> int:
    """Find the longest run of samples at full scale.

    Args:
        samples: [N] float in [-1, 1].

    Returns:
        Its length in samples; 0 where none is at full scale.
    """
    return max((end - first for first, end in find_spans(np.abs(samples) >= FULL_SCALE)), default=0)
