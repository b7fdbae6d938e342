"""What is said, as subtitles need it, and how it is divided into subtitles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .line_breaks import Piece, ends_sentence, joined, layout, pieces
from .subtitle_rules import SubtitleRules

LONGEST_S = 7.0
"""How long a subtitle is shown at most, in seconds."""

SHORTEST_S = 5 / 6
"""How long it is shown at least, in seconds."""

PAUSE_S, LONG_PAUSE_S = 0.4, 1.0
"""Pauses after which a subtitle may well end, and should, in seconds."""

EACH, SHORT, OVER_PAUSE, TWO_SENTENCES, IMPOSSIBLE = 6.0, 6.0, 12.0, 1.0, 10_000.0
"""What a subtitle costs; what it costs if it is too short, holds a long pause, or begins a second
sentence; and if it is too long. They are weighed against the costs of `line_breaks`."""


@dataclass(frozen=True)
class Timed:
    """A word, or another part of a text, with its times.

    Attributes:
        text: The part.
        start_s: When it begins, in seconds from picture 0.
        end_s: When it ends.
    """

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Cue:
    """What somebody says without a long interruption.

    Attributes:
        speaker: Who speaks; may be empty.
        text: What is said.
        start_s: When it begins, in seconds from picture 0.
        end_s: When it ends.
        words: Its words, where their times are known. They are used where they spell the text.
    """

    speaker: str
    text: str
    start_s: float
    end_s: float
    words: Sequence[Timed] = ()


@dataclass(frozen=True)
class Title:
    """The text of one subtitle, and when it is spoken.

    Attributes:
        speaker: Who speaks.
        lines: Its lines.
        start_s: When its first word begins, in seconds.
        end_s: When its last word ends.
        flags: What rule its text breaks: `long_line`.
    """

    speaker: str
    lines: tuple[str, ...]
    start_s: float
    end_s: float
    flags: tuple[str, ...] = ()


def titles(cue: Cue, rules: SubtitleRules) -> list[Title]:
    """Divide what is said into subtitles: as few as the rules allow, broken where it reads well.

    Args:
        cue: What is said.
        rules: The rules of its language.

    Returns:
        Its subtitles, in order; none where nothing is said.
    """
    parts = pieces(cue.text, rules)
    if not parts:
        return []
    spoken = list(_spoken(cue, parts))
    edges = [0, *_breaks(parts, spoken, rules), len(parts)]
    made = []
    for first, end in pairwise(edges):
        laid = layout(parts[first:end], rules)
        made.append(
            Title(
                *(cue.speaker, laid.lines, spoken[first].start_s, spoken[end - 1].end_s),
                flags=() if laid.fits else ("long_line",),
            )
        )
    return made


def _breaks(parts: Sequence[Piece], spoken: Sequence[Timed], rules: SubtitleRules) -> list[int]:
    """The pieces at which the second and each further subtitle begin, at the least cost."""
    least, came_from = [0.0], [0]
    most = rules.lines * rules.characters
    for end in range(1, len(parts) + 1):
        costs = {}
        for first in range(end - 1, -1, -1):
            if first < end - 1 and rules.width(joined(parts[first:end])) > most:
                break
            costs[first] = least[first] + _cost(parts, spoken, first, end, rules)
        came_from.append(min(costs, key=costs.__getitem__))
        least.append(costs[came_from[-1]])
    found, at = [], came_from[-1]
    while at:
        found.append(at)
        at = came_from[at]
    return found[::-1]


def _cost(
    parts: Sequence[Piece], spoken: Sequence[Timed], first: int, end: int, rules: SubtitleRules
) -> float:
    """What a subtitle of some pieces costs, with the break after it."""
    laid = layout(parts[first:end], rules)
    length_s = spoken[end - 1].end_s - spoken[first].start_s
    pauses_s = [b.start_s - a.end_s for a, b in pairwise(spoken[first:end])]
    sentences = sum(ends_sentence(part.text) for part in parts[first : end - 1])
    cost = EACH + laid.cost + TWO_SENTENCES * sentences
    cost += OVER_PAUSE * sum(pause >= LONG_PAUSE_S for pause in pauses_s)
    cost += SHORT * (length_s < SHORTEST_S) + IMPOSSIBLE * (
        length_s > LONGEST_S and end > first + 1
    )
    if end == len(parts):
        return cost
    pause_s = spoken[end].start_s - spoken[end - 1].end_s
    return cost + (0.0 if pause_s >= PAUSE_S else parts[end - 1].cost)


def _spoken(cue: Cue, parts: Sequence[Piece]) -> Iterator[Timed]:
    """When each piece is spoken: by its words; else by its share of the characters."""
    characters = _character_times(cue)
    at = 0
    for part in parts:
        length = len("".join(part.text.split()))
        yield Timed(part.text, characters[at].start_s, characters[at + length - 1].end_s)
        at += length


def _character_times(cue: Cue) -> list[Timed]:
    """When each character of a text is spoken, spaces left out."""
    text = "".join(cue.text.split())
    if "".join("".join(word.text.split()) for word in cue.words) != text:
        return list(_spread(text, cue.start_s, cue.end_s))
    return [
        timed
        for word in cue.words
        for timed in _spread("".join(word.text.split()), word.start_s, word.end_s)
    ]


def _spread(text: str, start_s: float, end_s: float) -> Iterator[Timed]:
    each_s = (end_s - start_s) / max(1, len(text))
    for number, character in enumerate(text):
        yield Timed(character, start_s + number * each_s, start_s + (number + 1) * each_s)
