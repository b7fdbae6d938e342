"""A text read aloud: the phonemes between its pauses, and the marks at them."""

import re

from .process import phonemes
from .spoken_form import spoken_form

_MARKS = {"。": ".", "।": ".", "、": ",", "،": ",", "؟": "?", "？": "?", "！": "!", "–": "—"}
"""Punctuation of other scripts."""

_PAUSES = re.compile(
    r"([;:,.!?—…]{2,}|[;:,!?—…]|\.(?!\s+[a-z\u00df-\u00f6\u00f8-\u00ff]))(?=[\s\"”»)\]’']|$)"
)
"""Punctuation at which one pauses. A point or comma within a number is none, nor is a point before
a small letter, as in "3 p.m. on"."""

_OTHER_LANGUAGE = re.compile(r"\([a-z^-]+\)")
"""What espeak-ng writes where it takes a word for one of another language."""


def read_aloud(text: str, language: str) -> list[tuple[str, str]]:
    """Write a text in phonemes, with its punctuation, which espeak-ng leaves out.

    Args:
        text: The text.
        language: A language of espeak-ng, such as "pt-br".

    Returns:
        The phonemes of each part, with "^" between the letters of one, and the marks after it;
        parts without a word are left out.

    Raises:
        Fault: The program failed.
    """
    for mark, usual in _MARKS.items():
        text = text.replace(mark, usual)
    said_text = spoken_form(re.sub(r"\s+", " ", text).replace("--", "—"), language)
    parts = _PAUSES.split(said_text)
    words, marks = [part.strip() for part in parts[0::2]], [*parts[1::2], ""]
    spoken = [_OTHER_LANGUAGE.sub("", said) for said in phonemes(words, language)]
    return [(said, mark) for said, mark in zip(spoken, marks, strict=True) if said.strip()]
