"""The lines of a script that a user gave, with the times of the sound."""

from collections.abc import Sequence
from dataclasses import replace

from .alignment import compact, matched, shared, spread, timed, tokens
from .sentences import LONGEST_S, SaidLine, SaidWord, dubbed_lines, split_turns
from .timed_text import Cue
from .transcript import Word

LEAST_ALIGNED = 0.5
"""A line of which a smaller share of the words was heard is marked."""

SHORTEST_S = 0.2
"""What is left of a cue where the next one begins too early."""

Edges = Sequence[tuple[float, float]]
"""When speech begins and ends, in seconds, in order."""


def cue_lines(cues: Sequence[Cue], speech: Edges, language: str) -> list[SaidLine]:
    """Make lines of subtitles. They keep the times of their cues.

    A cue that begins before the one before has ended shortens that one, and both are marked.

    Args:
        cues: The cues, by when they begin.
        speech: Where somebody speaks. The words of a cue share what of it is in the cue.
        language: The language of the script.

    Returns:
        A line for each cue. Its first word begins with it, and its last one ends with it.
    """
    spans = [(cue.start_s, cue.end_s) for cue in cues]
    flags: list[tuple[str, ...]] = [() for _ in cues]
    for at in range(1, len(spans)):
        (start_s, end_s), (next_s, next_end_s) = spans[at - 1], spans[at]
        if next_s < end_s - 1e-6:
            edge_s = max(next_s, min(start_s + SHORTEST_S, (start_s + max(end_s, next_end_s)) / 2))
            spans[at - 1] = (start_s, edge_s)
            spans[at] = (edge_s, max(next_end_s, edge_s + SHORTEST_S))
            flags[at - 1] = flags[at] = ("overlap",)
    return [
        _cue_line(cue, number, span, speech, language, flag)
        for number, (cue, span, flag) in enumerate(zip(cues, spans, flags, strict=True))
    ]


def _cue_line(
    cue: Cue,
    number: int,
    span: tuple[float, float],
    speech: Edges,
    language: str,
    flags: tuple[str, ...],
) -> SaidLine:
    voiced = [(max(a, span[0]), min(b, span[1])) for a, b in speech if a < span[1] and b > span[0]]
    start_s, end_s = (voiced[0][0], voiced[-1][1]) if voiced else span
    words = shared(tokens(cue.text), start_s, end_s)
    words[0] = replace(words[0], start_s=span[0])
    words[-1] = replace(words[-1], end_s=span[1])
    silent = () if voiced else ("over_silence=0.00",)
    return SaidLine(
        tuple(SaidWord(word, language, source=number) for word in words),
        (*flags, *silent),
        cue.text,
    )


def aligned_lines(
    cues: Sequence[Cue],
    heard: Sequence[SaidWord],
    language: str,
    longest_s: float = LONGEST_S,
) -> list[SaidLine]:
    """Align a transcript to what was recognized.

    Args:
        cues: The lines of the transcript.
        heard: The words that were recognized, in order.
        language: The language of the transcript.
        longest_s: The longest line; longer ones are divided.

    Returns:
        The lines, with the words of the transcript. A line of which few words were heard is marked.
    """
    parts = [tokens(cue.text) for cue in cues]
    given = [token for part in parts for token in part]
    sound = spread([said.word for said in heard])
    of = [number for number, part in enumerate(parts) for _ in part]
    matches = compact(matched(given, [word.text for word in sound]), of, sound)
    words = timed(given, matches, sound)
    lines: list[SaidLine] = []
    at = 0
    for number, (cue, part) in enumerate(zip(cues, parts, strict=True)):
        mine = words[at : at + len(part)]
        at += len(part)
        divided = _divided(mine, number, language, longest_s)
        lines += [replace(divided[0], given=cue.text)] if len(divided) == 1 else divided
    return lines


def _divided(words: Sequence[Word], number: int, language: str, longest_s: float) -> list[SaidLine]:
    """A line of a transcript, in parts that can be dubbed."""
    said = [SaidWord(word, language, source=number) for word in words]
    heard = sum(word.probability > 0 for word in words) / len(words)
    flags = (f"unaligned={heard:.2f}",) if heard < LEAST_ALIGNED else ()
    return [replace(part, flags=flags) for part in dubbed_lines(split_turns(said), longest_s)]


def uncovered_s(cues: Sequence[Cue], speech: Edges) -> float:
    """Measure how much speech is outside all cues.

    Args:
        cues: The cues, by when they begin.
        speech: Where somebody speaks.

    Returns:
        Seconds.
    """
    covered: list[tuple[float, float]] = []
    for cue in cues:
        if covered and cue.start_s <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(covered[-1][1], cue.end_s))
        else:
            covered.append((cue.start_s, cue.end_s))
    total = sum(end - start for start, end in speech)
    inside = sum(max(0.0, min(end, b) - max(start, a)) for start, end in speech for a, b in covered)
    return total - inside
