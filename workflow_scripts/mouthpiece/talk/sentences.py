"""Sentences out of a text that is still being written."""

import re
from collections.abc import Iterable, Iterator

from ..text.sentences import CLAUSE_END, ends_sentence
from .borders import LONGEST_SENTENCE

WORD = re.compile(r"\S+?(?:[。！？।؟]+|(?=\s))|\n")
"""A word whose end is known: a space follows, or it ends with a mark that needs none; and a line
break, which ends a sentence, too."""

LONG = LONGEST_SENTENCE // 2
"""Characters from which on a sentence is divided at a comma: nobody waits for its end."""


def sentences(parts: Iterable[str]) -> Iterator[str]:
    """Divide a text into sentences; each is given as soon as its end is known.

    A sentence ends at a mark that a space follows, so that "3.14" and "Dr. Who" are not divided. A
    long one is divided at a comma, else between words.

    Args:
        parts: The text in parts of any length, as a service writes it.

    Yields:
        The sentences without spaces around them, of `LONGEST_SENTENCE` characters at most.
    """
    said = rest = ""
    for part in parts:
        rest += part
        at = 0
        for word in WORD.finditer(rest):
            before = rest[at : word.start()]
            at = word.end()
            if len(said) + len(before) + len(word[0]) > LONGEST_SENTENCE:
                yield from _pieces(said)
                said, before = "", ""
            said += before + word[0]
            if _is_end(word[0], len(said)):
                yield from _pieces(said)
                said = ""
        rest = rest[at:]
        if len(rest) > LONGEST_SENTENCE:  # a word without an end
            yield from _pieces(said + rest)
            said = rest = ""
    yield from _pieces(said + rest)


def _is_end(word: str, length: int) -> bool:
    is_clause = length >= LONG and bool(CLAUSE_END.search(word))
    return word == "\n" or ends_sentence(word) or is_clause


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces that are short enough; none where it is blank."""
    text = text.strip()
    while text:
        yield text[:LONGEST_SENTENCE].strip()
        text = text[LONGEST_SENTENCE:].strip()
