"""A text in the symbols that Kokoro takes: phonemes of espeak-ng, with the text's punctuation."""

import re
from collections.abc import Collection

from ..espeak.reading import read_aloud
from .accents import Accent

MOST_SYMBOLS = 510
"""How many symbols it takes at once: its style vectors are for up to so many."""

_TIED = {
    "a^ɪ": "I",
    "a^ʊ": "W",
    "e^ɪ": "A",
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "ɔ^ɪ": "Y",
    "d^z": "ʣ",
    "d^ʒ": "ʤ",
    "t^s": "ʦ",
    "t^ʃ": "ʧ",
}
"""The phonemes of two letters that have a symbol of their own."""

_BREAKS = (r"[.!?…] ", r"[;:,—] ", r" ")
"""Where symbols are parted, the best first."""


def symbols_of(text: str, accent: Accent, known: Collection[str]) -> str:
    """Write a text in symbols.

    Args:
        text: The text.
        accent: The accent.
        known: The symbols that the model knows; others are left out.

    Returns:
        The symbols; empty where the text has nothing to say.
    """
    parts = read_aloud(text, accent.espeak)
    joined = " ".join(_in_symbols(said, accent) + mark for said, mark in parts)
    return "".join(symbol for symbol in joined if symbol in known)


def split_symbols(symbols: str, most: int = MOST_SYMBOLS) -> list[str]:
    """Split what is too long to be spoken at once, if it can be where a sentence ends.

    Args:
        symbols: The symbols.
        most: The largest number in one part.

    Returns:
        The parts.
    """
    parts = []
    while len(symbols) > most:
        head = symbols[: most + 1]
        ends = ([m.end() for m in re.finditer(pattern, head)] for pattern in _BREAKS)
        end = next((found[-1] for found in ends if found), most)
        parts.append(symbols[:end].strip())
        symbols = symbols[end:]
    return [part for part in (*parts, symbols.strip()) if part]


def _in_symbols(spoken: str, accent: Accent) -> str:
    for tied, symbol in _TIED.items():
        spoken = spoken.replace(tied, symbol)
    spoken = spoken.replace("^", "").replace("-", "").strip()
    for phoneme, symbol in accent.replaced.items():
        spoken = spoken.replace(phoneme, symbol)
    return spoken
