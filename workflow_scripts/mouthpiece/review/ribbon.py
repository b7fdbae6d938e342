"""The film at a glance: one coloured part a cut, or one a stretch of a long film."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from .verdicts import VERDICTS

RIBBON_PARTS = 400
"""The most parts that are drawn: more cannot be told apart on a screen."""


def ribbon(cuts: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int]]:
    """Divide a film into the parts of the ribbon.

    Args:
        cuts: What the page knows of each cut (`verdict`, `first_frame`, `frames`), in the order of
            the film.

    Returns:
        Verdict, first frame and number of frames of each part: of each cut, or, for more than
        RIBBON_PARTS cuts, of equal parts of the film with the worst verdict in each.
    """
    if len(cuts) <= RIBBON_PARTS:
        return [(c["verdict"], c["first_frame"], c["frames"]) for c in cuts]
    order = list(VERDICTS)
    end = cuts[-1]["first_frame"] + cuts[-1]["frames"]
    edges = [end * part // RIBBON_PARTS for part in range(RIBBON_PARTS + 1)]
    worst = [len(order) - 1] * RIBBON_PARTS
    for cut in cuts:
        first = bisect_right(edges, cut["first_frame"]) - 1
        last = bisect_left(edges, cut["first_frame"] + cut["frames"])
        for part in range(first, min(last, RIBBON_PARTS)):
            worst[part] = min(worst[part], order.index(cut["verdict"]))
    return [
        (order[rank], edges[part], edges[part + 1] - edges[part]) for part, rank in enumerate(worst)
    ]
