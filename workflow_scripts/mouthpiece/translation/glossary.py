"""Terms that are always translated in the same way."""

import re
from collections.abc import Mapping


def terms_in(text: str, glossary: Mapping[str, str]) -> dict[str, str]:
    """Find the terms that a text has.

    Args:
        text: A text in the source language.
        glossary: The translations, by term.

    Returns:
        Those of the terms that are in it, as whole words, whatever their capitals.
    """
    return {term: target for term, target in glossary.items() if has_term(text, term)}


def has_term(text: str, term: str) -> bool:
    """Tell whether a text has a term.

    Args:
        text: A text.
        term: A word or several.

    Returns:
        Whether the term is in it as whole words, whatever its capitals; in scripts without spaces,
        anywhere.
    """
    return _pattern(term).search(text) is not None


def missing_terms(source: str, target: str, glossary: Mapping[str, str]) -> list[str]:
    """Find the terms that a translation does not have.

    Args:
        source: A text.
        target: Its translation.
        glossary: The translations, by term.

    Returns:
        The terms, in the source language.
    """
    found = terms_in(source, glossary)
    return [term for term, wanted in found.items() if not has_term(target, wanted)]


def replaced(text: str, glossary: Mapping[str, str]) -> str:
    """Put other words in the place of terms.

    Args:
        text: A text.
        glossary: The other words, by term.

    Returns:
        The text with them. Longer terms go first.
    """
    for term in sorted(glossary, key=len, reverse=True):
        text = _pattern(term).sub(glossary[term].replace("\\", r"\\"), text)
    return text


def placeholders(glossary: Mapping[str, str]) -> dict[str, str]:
    """Name terms by words that translators do not know, and so copy.

    Args:
        glossary: The translations, by term.

    Returns:
        A word for each term, such as XQ7.
    """
    return {term: f"XQ{number}" for number, term in enumerate(glossary, 7)}


def _pattern(term: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in term.split())
    before = r"(?<!\w)" if _has_spaces(term[:1]) else ""
    after = r"(?!\w)" if _has_spaces(term[-1:]) else ""
    return re.compile(before + words + after, re.IGNORECASE)


def _has_spaces(letter: str) -> bool:
    """Whether a letter is of a script that separates words; most Asian ones do not."""
    return letter.isalnum() and not "\u0e00" <= letter <= "\u0eff" and letter < "\u1780"
