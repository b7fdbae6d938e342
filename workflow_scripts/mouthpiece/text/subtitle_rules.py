"""How subtitles of a language are written: characters in a line, reading speed, direction.

Source: the Timed Text Style Guides that Netflix publishes, one general and one for each language.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

import langcodes

from ..core.languages import primary

LINES = 2
"""The most lines of a subtitle."""

CHARACTERS = {"Hans": 16, "Hant": 16, "Jpan": 13, "Kore": 16, "Thai": 35}
"""The most characters of a line, by script; `LATIN_CHARACTERS` in others."""

LATIN_CHARACTERS = 42

CHARACTERS_OF = {"ru": 39}
"""The same of languages that differ from others of their script."""

SPEEDS = {
    "en": 20, "ar": 20, "hi": 22, "bn": 22, "ta": 22, "te": 22, "mr": 22,
    "ja": 4, "zh": 9, "ko": 12,
}  # fmt: skip
"""The most characters/s that a grown-up reads, by language; `SPEED` in others."""

SPEED = 17

RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"})
"""Scripts that are written from right to left."""

UNSPACED = frozenset({"Hans", "Hant", "Jpan"})
"""Scripts without spaces between words, of which a line may end after nearly every character."""

FULL_WIDTH = UNSPACED | {"Kore"}
"""Scripts whose characters are counted by their width: a Latin letter is half a character."""


EMBED_RIGHT_TO_LEFT, END_OF_EMBEDDING = "\u202b", "\u202c"
"""Marks around each line that is read from right to left. Without them, players that lay out all
lines from left to right put the full stop at the wrong end."""


@dataclass(frozen=True)
class SubtitleRules:
    """How subtitles of a language are written.

    Attributes:
        language: Its ISO 639 code, such as "pt".
        characters: The most characters of a line.
        speed_cps: The most characters/s.
        is_unspaced: Whether words are written without spaces between them.
        is_full_width: Whether a character of half the width counts as half a character.
        is_right_to_left: Whether it is written from right to left.
        lines: The most lines of a subtitle.
    """

    language: str
    characters: int
    speed_cps: float
    is_unspaced: bool = False
    is_full_width: bool = False
    is_right_to_left: bool = False
    lines: int = LINES

    def width(self, text: str) -> float:
        """Count the characters of a text as readers see them.

        Args:
            text: One line, or several parts of one.

        Returns:
            The number of characters; marks above and below others, and marks of direction, count as
            nothing.
        """
        return sum(map(self._width, text))

    def marked(self, line: str) -> str:
        """Prepare a line for players that know no direction but that of its characters.

        Args:
            line: A line of a subtitle.

        Returns:
            The line, with marks around it where it is read from right to left.
        """
        if not self.is_right_to_left:
            return line
        return f"{EMBED_RIGHT_TO_LEFT}{line}{END_OF_EMBEDDING}"

    def _width(self, character: str) -> float:
        if unicodedata.category(character) in ("Mn", "Me", "Cf"):
            return 0.0
        is_wide = unicodedata.east_asian_width(character) in "WF"
        return 0.5 if self.is_full_width and not is_wide else 1.0


@cache
def rules_for(tag: str) -> SubtitleRules:
    """Find the rules of a language.

    Args:
        tag: A BCP-47 tag, such as pt-BR; empty: a language that is not known.

    Returns:
        Its rules; those of Latin script for a language that is not known.
    """
    if not tag or not langcodes.tag_is_valid(tag):
        return SubtitleRules("und", LATIN_CHARACTERS, SPEED)
    known = langcodes.get(langcodes.standardize_tag(tag, macro=True))
    language, script = primary(tag), known.maximize().script or "Latn"
    return SubtitleRules(
        language,
        characters=CHARACTERS_OF.get(language, CHARACTERS.get(script, LATIN_CHARACTERS)),
        speed_cps=SPEEDS.get(language, SPEED),
        is_unspaced=script in UNSPACED,
        is_full_width=script in FULL_WIDTH,
        is_right_to_left=script in RIGHT_TO_LEFT,
    )
