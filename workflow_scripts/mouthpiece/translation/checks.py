"""Doubts about a translated line, as flags."""

from collections.abc import Mapping

from ..core.languages import is_same
from ..text.syllables import syllables
from .glossary import missing_terms

EMPTY, UNTRANSLATED, TOO_LONG = "empty", "untranslated", "too_long"
GLOSSARY_MISSING = "glossary_missing"
FLAGS = (EMPTY, UNTRANSLATED, TOO_LONG, GLOSSARY_MISSING)
"""The flags that depend on the text of the target alone: an edit may clear them."""

SAME_LETTERS = 6
"""A shorter text may be equal in both languages: "OK", "Taxi!"."""

LEAST_SYLLABLES = 2


def is_spoken(text: str) -> bool:
    """Tell whether a text has something to speak.

    Args:
        text: A text.

    Returns:
        Whether it has a letter or a digit; others are marks, such as "..." and musical notes.
    """
    return any(letter.isalnum() for letter in text)


def room_for(seconds: float, syllables_per_s: float) -> int:
    """Tell how many syllables fit a slot.

    Args:
        seconds: The slot's length.
        syllables_per_s: How fast a voice may speak.

    Returns:
        The number, at least `LEAST_SYLLABLES`.
    """
    return max(LEAST_SYLLABLES, int(seconds * syllables_per_s))


def flags_of(
    source: str,
    target: str,
    *,
    languages: tuple[str, str],
    room: int,
    glossary: Mapping[str, str],
) -> list[str]:
    """Look at a line.

    Args:
        source: What is said in the source.
        target: What is said in the dub.
        languages: The languages of the two.
        room: How many syllables fit the line's slot and the pause after it.
        glossary: The terms that are always translated in the same way.

    Returns:
        Flags of `FLAGS`, with their values.
    """
    if not is_spoken(target):
        return [EMPTY]
    flags = []
    is_translated = not is_same(*languages)
    if is_translated and _letters(source) == _letters(target):
        flags += [UNTRANSLATED] * (len(_letters(source)) >= SAME_LETTERS)
    needed = syllables(target, languages[1])
    if needed > room:
        flags.append(f"{TOO_LONG}={needed / room:.2f}")
    if is_translated:
        missing = missing_terms(source, target, glossary)
        flags += [f"{GLOSSARY_MISSING}={_value(term)}" for term in missing]
    return flags


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _value(term: str) -> str:
    """A term as the value of a flag, in a cell where flags are separated by semicolons."""
    return term.replace(";", ",").replace("=", "-")
