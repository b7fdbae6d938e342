"""Characters without a width: those that spell words, and those that only say how to set them."""

JOINERS = "\u200c\u200d"
"""What Persian, Hindi and others spell words with."""

SETTING = "\u00ad\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Soft hyphens, and marks of direction."""


def without_setting(text: str) -> str:
    """Leave out what only says how a text is set.

    Args:
        text: A text.

    Returns:
        The text, with what spells its words.
    """
    return text.translate(dict.fromkeys(map(ord, SETTING)))


def is_plain(letters: str) -> bool:
    """Tell whether letters can be shown, or spell a word.

    Args:
        letters: One or several characters.

    Returns:
        False: there is a control character, or another that is none of a text.
    """
    return letters.isprintable() or all(c.isprintable() or c in JOINERS for c in letters)
