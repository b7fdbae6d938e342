"""How many syllables a text has, about: what a line takes to say.

Vowels are counted, not dictionaries read, so a word may be off by one. That is enough for a budget:
a line's length in seconds varies more from voice to voice.
"""

import re
import unicodedata

VOWELS = frozenset("aeiouyæœøıəɛɔаеёиоуыэюяіїєαεηιουωάέήίόύώաեէըիոօაეიოუ")

SMALL_KANA = frozenset("ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ")
"""Letters that change the kana before them."""

DIGIT_SYLLABLES = 1.5
"""A digit of a number, in the middle of most languages: "forty-two" has three."""

PER_LETTER = {
    "ARABIC": 0.5,  # short vowels are not written
    "HEBREW": 0.5,
    "THAI": 0.45,
    "LAO": 0.45,
    "KHMER": 0.45,
    "MYANMAR": 0.45,
}
"""Syllables a letter, in scripts in which vowels are not written or not told apart here."""

_WORDS = re.compile(r"[^\W\d_]+", re.UNICODE)
_SILENT_E = re.compile(
    r"(?<=[aeiouy][^aeiouy\W])e\b|(?<=[aeiouy][^aeiouydt\W])ed\b|(?<=[aeiouy][^aeioucgsxyz\W])es\b"
)
"""In English: made, used, times; but not decided and houses."""


def syllables(text: str, language: str) -> int:
    """Estimate the syllables of a text.

    Args:
        text: A text.
        language: Its language, a BCP-47 tag.

    Returns:
        About how many it has; 0 only where nothing is said.
    """
    lowered = unicodedata.normalize("NFC", text.lower())
    if language.partition("-")[0] == "en":
        lowered = _SILENT_E.sub("", lowered)
    spoken = sum(max(1.0, _of_word(word)) for word in _WORDS.findall(lowered))
    digits = sum(letter.isdigit() for letter in lowered)
    return round(spoken + digits * DIGIT_SYLLABLES)


def _of_word(word: str) -> float:
    total, in_vowels = 0.0, False
    for letter in word:
        is_vowel = _bare(letter) in VOWELS
        if is_vowel:
            # With an acute or a diaeresis, it is spoken by itself after another one: saída, naïve.
            total += not in_vowels or (letter in "íúïü" and in_vowels)
        else:
            total += _of_other(letter)
        in_vowels = is_vowel
    return total


def _bare(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]


def _of_other(letter: str) -> float:
    """Of a letter that is no vowel of an alphabet."""
    if letter.isascii():
        return 0.0
    if letter in SMALL_KANA:
        return 0.0
    name = unicodedata.name(letter, "")
    script = name.partition(" ")[0]
    if name.startswith(("CJK UNIFIED", "HANGUL SYLLABLE", "HIRAGANA", "KATAKANA")):
        return 1.0
    if script in PER_LETTER:
        return PER_LETTER[script]
    # Indic: each consonant has a vowel of its own; signs of vowels are marks, not letters.
    is_indic = unicodedata.category(letter) == "Lo" and " LETTER " in name
    return 1.0 if is_indic and script not in ("GEORGIAN", "ARMENIAN") else 0.0
