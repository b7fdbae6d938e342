"""A film's speech in pieces that a recognizer hears at once.

Pauses are left out, so that a piece of half a minute holds half a minute of speech, and a
recognizer has no silence to invent words for. Times in a piece are led back to times in the film.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from ..text.transcript import Word
from .base import SAMPLE_RATE

LONGEST_S = 28.0
"""The longest piece: Whisper hears 30 s at once."""

SHORT_PAUSE_S = 0.35
"""The language may change at a longer pause."""

KEPT_PAUSE_S = 0.8
"""Shorter pauses stay as they are."""

MARGIN_S = 0.2
"""Sound around a span of speech that is heard, too."""

GAP_S = 0.4
"""Silence between two clips of a piece."""

Span = tuple[int, int]
"""The first sample of something and the one after its last."""


@dataclass(frozen=True)
class Piece:
    """Some clips of a film, one after the other.

    Attributes:
        clips: Where they are in the film, in samples.
        language: The language that is spoken, a BCP-47 tag; empty: not known.
    """

    clips: tuple[Span, ...]
    language: str = ""

    @property
    def length(self) -> int:
        """Its length in samples."""
        gaps = round(GAP_S * SAMPLE_RATE) * (len(self.clips) - 1)
        return gaps + sum(end - first for first, end in self.clips)

    def read(self, mono: Path) -> np.ndarray:
        """Read its sound.

        Args:
            mono: The film's sound, WAV, 16 kHz mono.

        Returns:
            Samples, [`length`] float32.
        """
        samples, at = np.zeros(self.length, np.float32), 0
        for first, end in self.clips:
            clip = read_span(mono, (first, end))
            samples[at : at + len(clip)] = clip
            at += end - first + round(GAP_S * SAMPLE_RATE)
        return samples

    def film_word(self, word: Word) -> Word:
        """Lead a word back to when it is said in the film.

        Args:
            word: A word with times in the piece.

        Returns:
            The word, inside the clip that its middle is in or next to.
        """
        middle, at = (word.start_s + word.end_s) / 2 * SAMPLE_RATE, 0
        gap = round(GAP_S * SAMPLE_RATE)
        for first, end in self.clips:
            if middle < at + end - first + gap / 2 or (first, end) == self.clips[-1]:
                break
            at += end - first + gap
        edges = (round(first + t * SAMPLE_RATE - at) for t in (word.start_s, word.end_s))
        start, stop = (min(max(edge, first), end) / SAMPLE_RATE for edge in edges)
        return Word(word.text, round(start, 3), round(max(start, stop), 3), word.probability)


def read_span(mono: Path, span: Span) -> np.ndarray:
    """Read a part of a film's sound.

    Args:
        mono: WAV, 16 kHz mono.
        span: The first sample and the one after the last.

    Returns:
        Samples, [N] float32; fewer than asked for at the end of the file.
    """
    with soundfile.SoundFile(mono) as file:
        file.seek(min(span[0], file.frames))
        return np.asarray(file.read(span[1] - span[0], dtype="float32"))


def clips_of(spans: Sequence[Span], samples: int) -> list[Span]:
    """Join spans of speech over the pauses inside sentences, with a margin around each.

    Args:
        spans: Where somebody speaks, in order, none longer than `LONGEST_S`.
        samples: The length of the film's sound.

    Returns:
        The clips, none longer than `LONGEST_S` and its margins: short enough that each is in one
        language.
    """
    joined = [span for span, _ in _joined(spans, [""] * len(spans), SHORT_PAUSE_S)]
    margin = round(MARGIN_S * SAMPLE_RATE)
    edges = [0, *((a[1] + b[0]) // 2 for a, b in pairwise(joined)), samples]
    return [
        (max(first - margin, edges[at]), min(end + margin, edges[at + 1]))
        for at, (first, end) in enumerate(joined)
    ]


def _joined(
    spans: Sequence[Span], languages: Sequence[str], pause_s: float
) -> list[tuple[Span, str]]:
    """Spans of one language, joined over shorter pauses than this."""
    longest, pause = LONGEST_S * SAMPLE_RATE, pause_s * SAMPLE_RATE
    joined: list[tuple[Span, str]] = []
    for (first, end), language in zip(spans, languages, strict=True):
        (start, last_end), last_language = joined[-1] if joined else ((0, 0), None)
        is_near = first - last_end < pause and end - start <= longest
        if is_near and language == last_language:
            joined[-1] = ((start, end), language)
        else:
            joined.append(((first, end), language))
    return joined


def pack(clips: Sequence[Span], languages: Sequence[str]) -> list[Piece]:
    """Put clips of one language together.

    Args:
        clips: The clips, in order.
        languages: The language of each.

    Returns:
        The pieces, in order. Clips of another language in between end a piece.
    """
    pieces: list[Piece] = []
    for clip, language in _joined(clips, languages, KEPT_PAUSE_S):
        longer = Piece((*pieces[-1].clips, clip), language) if pieces else None
        fits = longer is not None and longer.length <= LONGEST_S * SAMPLE_RATE
        if longer is not None and fits and pieces[-1].language == language:
            pieces[-1] = longer
        else:
            pieces.append(Piece((clip,), language))
    return pieces
