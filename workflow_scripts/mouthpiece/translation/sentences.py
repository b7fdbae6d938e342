"""Lines and sentences: a sentence may go over several lines, and a line may hold several."""

import re
from collections.abc import Sequence

from .base import Line

SENTENCE_END = re.compile(r"((?<=[.!?…])[\"'”’»)\]]*)\s+(?=\S)|(?<=[。！？])")
"""Where one sentence ends and the next begins."""

_ENDS = re.compile(r"[.!?…。！？:;]+[\"'”’»)\]]*$")
_CLAUSE = re.compile(r"[,;:—–、，][\"'”’»)\]]*$")

LONGEST_PAUSE_S = 1.0
"""A sentence does not go on after a longer pause."""

MOST_LINES = 4
"""How many lines a sentence may go over."""

CLAUSE_LETTERS = 12
"""How many letters a split may move to fall on a comma."""


def sentences_of(text: str) -> list[str]:
    """Split a text into sentences.

    Args:
        text: A text.

    Returns:
        Its sentences, without spaces around them.
    """
    parts, begin = [], 0
    for end in SENTENCE_END.finditer(text):
        parts.append(text[begin : end.end(1) if end[1] is not None else end.end()])
        begin = end.end()
    return [part.strip() for part in [*parts, text[begin:]] if part.strip()]


def runs(lines: Sequence[Line]) -> list[list[int]]:
    """Find the lines that are one sentence together.

    Args:
        lines: Lines, by when they begin.

    Returns:
        The indices of the lines of each sentence; most have one.
    """
    found: list[list[int]] = []
    for index, line in enumerate(lines):
        if found and len(found[-1]) < MOST_LINES and _goes_on(lines[found[-1][-1]], line):
            found[-1].append(index)
        else:
            found.append([index])
    return found


def _goes_on(first: Line, second: Line) -> bool:
    same = first.speaker == second.speaker
    near = second.start_s - first.end_s <= LONGEST_PAUSE_S
    open_end = not _ENDS.search(first.text.strip())
    return same and near and open_end and second.text.lstrip()[:1].islower()


def shared_out(text: str, shares: Sequence[float]) -> list[str]:
    """Split a text at spaces, near to given shares of its length, after a comma where one is near.

    Args:
        text: A text.
        shares: The share of each part, above 0.

    Returns:
        The parts; where there are fewer words than shares, the last ones are empty.
    """
    words = text.split()
    total, parts = sum(shares), []
    begin, passed = 0, 0.0
    for number, share in enumerate(shares[:-1]):
        passed += share / total * len(text)
        left = len(shares) - 1 - number
        end = _split(words, passed, begin + 1, max(begin + 1, len(words) - left))
        parts.append(" ".join(words[begin:end]))
        begin = end
    return [*parts, " ".join(words[begin:])]


def _split(words: Sequence[str], wanted: float, least: int, most: int) -> int:
    """How many words go before a split that is near to a number of letters."""
    best, best_off = min(least, len(words)), float("inf")
    length = len(" ".join(words[: least - 1]))
    for count in range(least, min(most, len(words)) + 1):
        length += len(words[count - 1]) + (count > 1)
        off = abs(length - wanted) - (CLAUSE_LETTERS if _CLAUSE.search(words[count - 1]) else 0)
        if off < best_off:
            best, best_off = count, off
    return best
