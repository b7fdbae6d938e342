"""What is said, as subtitles need it, and how it is divided into subtitles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from .line_breaks import MeasuredText, Piece, ends_sentence, pieces
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
    text = MeasuredText(parts, rules)
    breaks = _breaks(text, _Costs(text, parts, spoken), len(parts), rules)
    edges = [0, *breaks, len(parts)]
    return [
        Title(
            *(cue.speaker, text.lines(first, end), spoken[first].start_s, spoken[end - 1].end_s),
            flags=() if text.layout(first, end).fits else ("long_line",),
        )
        for first, end in pairwise(edges)
    ]


class _Costs:
    """What subtitles of a text cost. Counts are summed up once, since many divisions are tried."""

    def __init__(self, text: MeasuredText, parts: Sequence[Piece], spoken: Sequence[Timed]) -> None:
        pauses_s = [b.start_s - a.end_s for a, b in pairwise(spoken)]
        self._text, self._spoken = text, spoken
        # A subtitle of the pieces from `first` to `end` holds what comes after all but its last.
        self._sentences = [0, *accumulate(ends_sentence(part.text) for part in parts)]
        self._long_pauses = [0, *accumulate(pause >= LONG_PAUSE_S for pause in pauses_s)]
        self._breaks = [
            0.0 if pause >= PAUSE_S else part.cost
            for part, pause in zip(parts, [*pauses_s, PAUSE_S], strict=True)
        ]

    def of(self, first: int, end: int) -> float:
        """What a subtitle of some pieces costs, with the break after it."""
        length_s = self._spoken[end - 1].end_s - self._spoken[first].start_s
        cost = EACH + self._text.layout(first, end).cost + self._breaks[end - 1]
        cost += TWO_SENTENCES * (self._sentences[end - 1] - self._sentences[first])
        cost += OVER_PAUSE * (self._long_pauses[end - 1] - self._long_pauses[first])
        cost += SHORT * (length_s < SHORTEST_S)
        return cost + IMPOSSIBLE * (length_s > LONGEST_S and end > first + 1)


def _breaks(text: MeasuredText, costs: _Costs, count: int, rules: SubtitleRules) -> list[int]:
    """The pieces at which the second and each further subtitle begin, at the least cost."""
    least, came_from = [0.0], [0]
    most = rules.lines * rules.characters
    for end in range(1, count + 1):
        found = {}
        for first in range(end - 1, -1, -1):
            if first < end - 1 and text.width(first, end) > most:
                break
            found[first] = least[first] + costs.of(first, end)
        came_from.append(min(found, key=found.__getitem__))
        least.append(found[came_from[-1]])
    breaks, at = [], came_from[-1]
    while at:
        breaks.append(at)
        at = came_from[at]
    return breaks[::-1]


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
