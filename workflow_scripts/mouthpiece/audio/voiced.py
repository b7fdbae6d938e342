"""Where somebody speaks in a whole film. It is read in windows: memory does not grow with it.

`voice_activity` answers the same for the frames of one cut. Voices are detected by Silero VAD
(`silero`).
"""

from pathlib import Path

import numpy as np
import soundfile

from .silero import WINDOW, VoiceDetector
from .speech import SAMPLE_RATE
from .voice_spans import Span, SpanLimits, voice_spans

BLOCK = 512 * WINDOW
"""Samples that are read at once: 16 s."""

LONGEST_S = 28.0
"""Longer speech is divided at its longest pause: recognizers of speech hear 30 s at once."""

PAUSE_MS = 200
"""A shorter pause divides no speech."""

SHORTEST_MS = 150
"""Shorter speech is none: a click, a breath."""

QUIETEST_DB = -60.0
"""Speech that is fainter than this, in dB of full scale, is what a separator left of none."""

UNDER_LOUD_DB = 40.0
"""So is speech that is this much fainter than the loud speech of the film."""

LOUD_SHARE = 0.9
"""The quantile of the levels of a film's speech that is its loud speech."""


def voiced_spans(mono: Path) -> list[Span]:
    """Find where somebody speaks.

    Args:
        mono: A WAV file, 16 kHz mono.

    Returns:
        The spans, in samples, none longer than `LONGEST_S`.
    """
    detector, chances, powers = VoiceDetector(), [], []
    with soundfile.SoundFile(mono) as file:
        samples = file.frames
        for block in file.blocks(BLOCK, dtype="float32"):
            chances.append(detector.hear(block))
            whole = np.pad(block, (0, -len(block) % WINDOW)).reshape(-1, WINDOW)
            powers.append(np.mean(whole**2, axis=1))
    if not chances:
        return []
    limits = SpanLimits(SHORTEST_MS, PAUSE_MS, LONGEST_S)
    spans = voice_spans(np.concatenate(chances), samples, limits)
    return _loud_enough(spans, np.concatenate(powers, dtype=np.float64))


def seconds(spans: list[Span]) -> float:
    """Sum the length of spans.

    Args:
        spans: The spans, in samples.

    Returns:
        Seconds.
    """
    return sum(end - first for first, end in spans) / SAMPLE_RATE


def voiced_share(spans: list[Span], start_s: float, end_s: float) -> float:
    """Measure how much of a time is spoken.

    Args:
        spans: Where somebody speaks, in samples, in order.
        start_s: When the time begins.
        end_s: When it ends.

    Returns:
        A share, 0 to 1; 0 for an empty time.
    """
    first, end = start_s * SAMPLE_RATE, end_s * SAMPLE_RATE
    if end <= first:
        return 0.0
    shared = (min(end, b) - max(first, a) for a, b in spans if a < end and b > first)
    return min(1.0, sum(shared) / (end - first))


def _loud_enough(spans: list[Span], powers: np.ndarray) -> list[Span]:
    """The spans that are not too faint."""
    levels = [_level_db(powers[a // WINDOW : -(-b // WINDOW)]) for a, b in spans]
    if not levels:
        return []
    least = max(QUIETEST_DB, float(np.quantile(levels, LOUD_SHARE)) - UNDER_LOUD_DB)
    return [span for span, level in zip(spans, levels, strict=True) if level >= least]


def _level_db(powers: np.ndarray) -> float:
    """The level of the louder half of some windows."""
    loud = np.sort(powers)[len(powers) // 2 :]
    return 10 * float(np.log10(loud.mean() + 1e-12)) if len(loud) else -120.0
