"""The spans of a sound that hold a voice, found from how likely each moment holds one.

The rules and their values are those of Silero VAD's own `get_speech_timestamps`: a voice begins at
a likely moment, ends at an unlikely one that a pause follows, and is widened a little. `tests`
compare the two.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .silero import WINDOW
from .speech import SAMPLE_RATE

LIKELY, UNLIKELY = 0.5, 0.35
"""A moment at least as likely as the first begins a voice, one less likely than the second may end
it."""

WIDENED = SAMPLE_RATE * 30 // 1000
"""Samples by which a span is widened either way; between two spans, half their distance at most."""

DIVIDING = SAMPLE_RATE * 98 // 1000
"""A voice that is too long is divided at a pause of more than this, in samples."""

Span = tuple[int, int]
"""The first sample of something and the one after its last."""


@dataclass(frozen=True)
class SpanLimits:
    """What counts as a span.

    Attributes:
        shortest_ms: A voice that is no longer than this is none: a click, a breath.
        pause_ms: A shorter pause ends no voice.
        longest_s: A longer voice is divided at its longest pause.
    """

    shortest_ms: int = 250
    pause_ms: int = 100
    longest_s: float = math.inf


def voice_spans(chances: np.ndarray, samples: int, limits: SpanLimits = SpanLimits()) -> list[Span]:
    """Find the spans of a sound that hold a voice.

    Args:
        chances: How likely each moment holds a voice, [ceil(samples / WINDOW)] float32.
        samples: The sound's length.
        limits: What counts as a span.

    Returns:
        The spans in order, in samples.
    """
    spans = list(_voices(chances, samples, limits))
    shared = [min(WIDENED, (after[0] - before[1]) // 2) for before, after in pairwise(spans)]
    widths = zip([WIDENED, *shared], [*shared, WIDENED], strict=True)
    return [
        (max(0, first - before), min(samples, end + after))
        for (first, end), (before, after) in zip(spans, widths, strict=False)
    ]


def _voices(chances: np.ndarray, samples: int, limits: SpanLimits) -> Iterator[Span]:
    """The spans before they are widened."""
    shortest = SAMPLE_RATE * limits.shortest_ms / 1000
    least_pause = SAMPLE_RATE * limits.pause_ms / 1000
    longest = SAMPLE_RATE * limits.longest_s - WINDOW - 2 * WIDENED
    start: int | None = None
    quiet_from: int | None = None
    pauses: list[Span] = []
    for number, chance in enumerate(chances.tolist()):
        now = number * WINDOW
        if start is None:
            start = now if chance >= LIKELY else None
            continue
        if chance >= LIKELY and quiet_from is not None:
            if now - quiet_from > DIVIDING:
                pauses.append((quiet_from, now))
            quiet_from = None
        if now - start > longest:
            if not pauses:
                yield start, now
                start = quiet_from = None
                continue
            pause = max(pauses, key=lambda one: one[1] - one[0])
            yield start, pause[0]
            start, quiet_from, pauses = pause[1], None, []
        if chance < UNLIKELY:
            quiet_from = now if quiet_from is None else quiet_from
            if now - quiet_from >= least_pause:
                if quiet_from - start > shortest:
                    yield start, quiet_from
                start, quiet_from, pauses = None, None, []
    if start is not None and samples - start > shortest:
        yield start, samples
