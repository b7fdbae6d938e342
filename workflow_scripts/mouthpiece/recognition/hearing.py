"""What is said in a whole film, word by word."""

import bisect
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import soundfile

from ..text.doubts import plain
from ..text.sentences import SaidWord
from ..text.transcript import Word
from .base import SAMPLE_RATE, Recognizer
from .pieces import Piece, Span, clips_of, pack, read_span
from .spoken_language import LEAST_S, SpokenLanguages, listened, spoken_languages

log = logging.getLogger(__name__)

LISTENED_S = 10.0
"""How much of a clip is heard to tell its language."""

REACH_S = 0.1
"""How far a word may reach beyond the speech that is detected, in seconds."""


MOVED_S = 0.5
"""How far the edge of a word is moved to the edge of speech at most."""

TAIL_S = 0.05
"""How much later than speech the detector ends, in seconds."""


@dataclass(frozen=True)
class Heard:
    """What is said in a film.

    Attributes:
        words: The words, in order.
        languages: The languages of the film.
    """

    words: tuple[SaidWord, ...]
    languages: SpokenLanguages


def hear(mono: Path, spans: Sequence[Span], recognizer: Recognizer, language: str) -> Heard:
    """Hear a film.

    Args:
        mono: Its sound, WAV, 16 kHz mono. It is read piece by piece.
        spans: Where somebody speaks, in samples, as `audio.voiced.voiced_spans` finds it.
        recognizer: The recognizer.
        language: The language that the user names, a BCP-47 tag; empty: detected.

    Returns:
        What is said.

    Raises:
        InputError: The recognizer does not know the language.
    """
    clips = clips_of(spans, soundfile.info(mono).frames)
    languages = languages_of(mono, clips, recognizer, language)
    words: list[SaidWord] = []
    pieces = pack(clips, languages.of_clips)
    speech = [(first / SAMPLE_RATE, end / SAMPLE_RATE) for first, end in spans]
    for number, piece in enumerate(pieces, start=1):
        words += _heard_in(piece, mono, speech, recognizer)
        log.info("heard %d of %d pieces", number, len(pieces))
    return Heard(tuple(_at_edges(_in_order(words), speech)), languages)


def languages_of(
    mono: Path, clips: Sequence[Span], recognizer: Recognizer, language: str
) -> SpokenLanguages:
    """Tell the languages of a film.

    Args:
        mono: Its sound, WAV, 16 kHz mono.
        clips: Where somebody speaks, in samples.
        recognizer: The recognizer.
        language: The language that the user names; empty: detected.

    Returns:
        The languages of the film, and of each clip.
    """
    edges = [(first / SAMPLE_RATE, end / SAMPLE_RATE) for first, end in clips]
    least_s = min(LEAST_S, max((end - start for start, end in edges), default=0.0))
    chances = [
        recognizer.language_of(listened(read_span(mono, clip), LISTENED_S, SAMPLE_RATE))
        if end_s - start_s >= least_s
        else {}
        for clip, (start_s, end_s) in zip(clips, edges, strict=True)
    ]
    return spoken_languages(chances, edges, language)


def _heard_in(
    piece: Piece, mono: Path, speech: Sequence[tuple[float, float]], recognizer: Recognizer
) -> list[SaidWord]:
    """The words of a piece, with times in the film."""
    return [
        SaidWord(
            word=_within_speech(piece.film_word(word), speech),
            language=piece.language,
            log_probability=segment.log_probability,
            no_speech_probability=segment.no_speech_probability,
        )
        for segment in recognizer.transcribe(piece.read(mono), piece.language)
        for word in segment.words
        if plain(word.text)
    ]


def _within_speech(word: Word, speech: Sequence[tuple[float, float]]) -> Word:
    """A word without the pause that a recognizer gives to it.

    Recognizers let the first word after a pause begin with the pause.
    """
    first = bisect.bisect_right(speech, word.start_s, key=lambda edge: edge[1])
    end = bisect.bisect_left(speech, word.end_s, key=lambda edge: edge[0])
    touched = speech[first:end]
    if not touched:
        return word
    begins_s, ends_s = max(
        touched, key=lambda edge: min(edge[1], word.end_s) - max(edge[0], word.start_s)
    )
    start_s = max(word.start_s, begins_s - REACH_S)
    return replace(word, start_s=start_s, end_s=max(start_s, min(word.end_s, ends_s + REACH_S)))


def _in_order(words: Sequence[SaidWord]) -> list[SaidWord]:
    """Words of which none begins before the one before."""
    ordered: list[SaidWord] = []
    for said in words:
        least_s = ordered[-1].word.start_s if ordered else 0.0
        start_s = round(max(said.word.start_s, least_s), 3)
        word = replace(said.word, start_s=start_s, end_s=round(max(start_s, said.word.end_s), 3))
        ordered.append(replace(said, word=word))
    return ordered


def _at_edges(words: Sequence[SaidWord], speech: Sequence[tuple[float, float]]) -> list[SaidWord]:
    """Words that begin and end with the speech that they are the first or the last of.

    The detector of speech finds its edges to 30 ms; a recognizer's words are 100 to 200 ms off.
    """
    moved = list(words)
    starts = [first for first, _ in speech]

    def span_of(at: int) -> int:
        word = words[at].word
        return bisect.bisect_right(starts, (word.start_s + word.end_s) / 2 + REACH_S) - 1

    spans = [span_of(at) for at in range(len(words))]
    for at, span in enumerate(spans):
        if span < 0:
            continue
        word, (first_s, end_s) = moved[at].word, speech[span]
        is_first = at == 0 or spans[at - 1] != span
        is_last = at + 1 == len(words) or spans[at + 1] != span
        if is_first and abs(word.start_s - first_s) <= MOVED_S and first_s < word.end_s:
            word = replace(word, start_s=round(first_s, 3))
        end_s -= TAIL_S
        if is_last and abs(word.end_s - end_s) <= MOVED_S and end_s > word.start_s:
            word = replace(word, end_s=round(end_s, 3))
        moved[at] = replace(moved[at], word=word)
    return moved
