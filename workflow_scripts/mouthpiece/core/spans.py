"""Runs of frames in which flags over time stay true."""

import numpy as np


def find_spans(flags: np.ndarray) -> list[tuple[int, int]]:
    """Find the runs of true flags.

    Args:
        flags: [T] bool.

    Returns:
        Half-open ranges of frames, in order.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
