"""Given text aligned to recognized words: the words of the text, with the times of the sound."""

import difflib
import itertools
import re
from collections.abc import Sequence

import numpy as np

from .doubts import plain
from .transcript import Word

UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
)
"""Letters of scripts without spaces: Japanese, Chinese, Thai, Lao, Burmese, Khmer."""

TOKEN = re.compile(rf"{UNSPACED.pattern}[^\w\s]*|[^\s]+?(?=\s|$|{UNSPACED.pattern})")

LETTER_S = 0.065
"""How long a letter takes in speech, where nothing is known of its word."""

SLOWEST = 2.0
"""Words that were not heard take at most so many times as long as usual."""

MOST_FOR_ONE = 2
"""Heard words that may stand for one word that was not heard."""

LARGEST_TABLE = 40_000
"""Cells of a table of edit distances; a longer stretch without one equal word is not compared."""

LONGEST_PAUSE_S = 2.0
"""A longer pause is in no line."""

LEAST_IN_LINE = 0.5
"""A line of which a smaller share was heard in one go was not said there."""

LEAST_ALIKE = 0.5
"""Words that share so much are taken for the same one, heard wrongly."""


def tokens(text: str) -> list[str]:
    """Divide text into what is aligned: words; in scripts without spaces, letters.

    Args:
        text: Any text.

    Returns:
        The tokens, with their punctuation.
    """
    found: list[str] = []
    for token in TOKEN.findall(text):
        if found and not plain(token):  # punctuation alone
            found[-1] += token
        else:
            found.append(token)
    return found


def spread(words: Sequence[Word]) -> list[Word]:
    """Divide recognized words as `tokens` does; parts of a word share its time.

    Args:
        words: Recognized words.

    Returns:
        A word for each token.
    """
    found = []
    for word in words:
        parts = tokens(word.text)
        step = (word.end_s - word.start_s) / max(1, len(parts))
        for at, part in enumerate(parts):
            start_s = word.start_s + at * step
            found.append(Word(part, start_s, start_s + step, word.probability))
    return found


def matched(given: Sequence[str], heard: Sequence[str]) -> list[int]:
    """Find which heard token each given token is, by edit distance, in order.

    Equal runs are found first; what lies between them is compared letter by letter.

    Args:
        given: Tokens of a text.
        heard: Tokens that were recognized.

    Returns:
        For each given token the index of the heard one; -1: it was not heard.
    """
    ours, theirs = [plain(token) for token in given], [plain(token) for token in heard]
    found = [-1] * len(ours)
    blocks = difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    at, their_at = 0, 0
    for block in blocks:
        between = _nearest(ours[at : block.a], theirs[their_at : block.b])
        found[at : block.a] = [their_at + n if n >= 0 else -1 for n in between]
        found[block.a : block.a + block.size] = range(block.b, block.b + block.size)
        at, their_at = block.a + block.size, block.b + block.size
    return found


def compact(matches: Sequence[int], lines: Sequence[int], heard: Sequence[Word]) -> list[int]:
    """Undo scattered matches: small words of a line that nobody says are heard here and there.

    Args:
        matches: What `matched` gave.
        lines: The number of the line of each given token.
        heard: The recognized words, one a token.

    Returns:
        The matches. Of each line, those of the longest run without a long pause; none where they
        are too few.
    """
    kept = [-1] * len(matches)
    for _, group in itertools.groupby(range(len(lines)), key=lambda at: lines[at]):
        mine = list(group)
        runs: list[list[int]] = [[]]
        for at in (at for at in mine if matches[at] >= 0):
            last = heard[matches[runs[-1][-1]]].end_s if runs[-1] else None
            if last is not None and heard[matches[at]].start_s - last > LONGEST_PAUSE_S:
                runs.append([])
            runs[-1].append(at)
        longest = max(runs, key=len)
        if len(longest) >= LEAST_IN_LINE * len(mine):
            for at in longest:
                kept[at] = matches[at]
    return kept


def timed(given: Sequence[str], matches: Sequence[int], heard: Sequence[Word]) -> list[Word]:
    """Give the tokens of a text the times of the sound.

    Args:
        given: Tokens of a text.
        matches: What `matched` gave.
        heard: The recognized words, one a token.

    Returns:
        The text's words. Those that were not heard share the time between their neighbours, by
        their letters, and have a probability of 0.
    """
    words: list[Word] = []
    at = 0
    while at < len(given):
        if matches[at] >= 0:
            word = heard[matches[at]]
            start_s = max(word.start_s, words[-1].end_s if words else 0.0)
            words.append(Word(given[at], start_s, max(start_s, word.end_s), word.probability))
            at += 1
            continue
        end = next((n for n in range(at, len(given)) if matches[n] >= 0), len(given))
        last = next((matches[n] for n in reversed(range(at)) if matches[n] >= 0), -1)
        between = heard[last + 1 : matches[end] if end < len(given) else len(heard)]
        if between and len(between) <= MOST_FOR_ONE * (end - at):  # heard as something else
            edges: tuple[float | None, float | None] = between[0].start_s, between[-1].end_s
        else:
            after = heard[matches[end]].start_s if end < len(given) else None
            edges = words[-1].end_s if words else None, after
        words += _between(given[at:end], *edges)
        at = end
    return words


def shared(texts: Sequence[str], start_s: float, end_s: float) -> list[Word]:
    """Let words share a time by their letters.

    Args:
        texts: The words.
        start_s: When the time begins.
        end_s: When it ends.

    Returns:
        The words.
    """
    letters = np.cumsum([0.0, *(max(1, len(text)) for text in texts)])
    edges = start_s + (end_s - start_s) * letters / max(1.0, letters[-1])
    return [
        Word(text, round(float(edges[at]), 3), round(float(edges[at + 1]), 3), 1.0)
        for at, text in enumerate(texts)
    ]


def _between(texts: Sequence[str], before: float | None, after: float | None) -> list[Word]:
    """Words that were not heard, between two times."""
    usual_s = LETTER_S * sum(map(len, texts))
    if before is None and after is None:
        before, after = 0.0, usual_s
    elif before is None:
        before = max(0.0, (after or 0.0) - usual_s)
    elif after is None:
        after = before + usual_s
    start_s = before or 0.0
    end_s = max(start_s, min(after or 0.0, start_s + SLOWEST * usual_s))
    words = shared(texts, start_s, end_s)
    return [Word(word.text, word.start_s, word.end_s, 0.0) for word in words]


def _nearest(ours: Sequence[str], theirs: Sequence[str]) -> list[int]:
    """For each of our tokens the one of theirs that it is most like, in order; -1: none."""
    if not ours or not theirs or len(ours) * len(theirs) > LARGEST_TABLE:
        return [-1] * len(ours)
    alike = np.array([[_alike(a, b) for b in theirs] for a in ours])
    gain = np.where(alike >= LEAST_ALIKE, alike, 0.0)
    best = np.zeros((len(ours) + 1, len(theirs) + 1))
    for row in range(1, len(ours) + 1):
        for column in range(1, len(theirs) + 1):
            best[row, column] = max(
                best[row - 1, column],
                best[row, column - 1],
                best[row - 1, column - 1] + gain[row - 1, column - 1],
            )
    found, row, column = [-1] * len(ours), len(ours), len(theirs)
    while row and column:
        if best[row, column] == best[row - 1, column]:
            row -= 1
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            found[row] = column
    return found


def _alike(ours: str, theirs: str) -> float:
    return difflib.SequenceMatcher(None, ours, theirs, autojunk=False).ratio()
