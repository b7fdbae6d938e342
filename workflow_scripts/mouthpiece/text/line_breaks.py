"""Where a text may be broken, and how it is laid into the lines of a subtitle."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from .function_words import begins_well, ends_badly
from .subtitle_rules import SubtitleRules

SENTENCE_ENDS = ".!?…。！？｡؟۔।॥"
CLAUSE_ENDS = ",;:،؛、，；：､—–"
CLOSING = "\"'”’»)]）」』】〉》〕"

AFTER_SENTENCE, AFTER_CLAUSE, BEFORE_LINK, PLAIN, BINDING, INSIDE = 0.0, 1.0, 2.0, 4.0, 8.0, 12.0
"""What it costs to break a text: after a sentence, after a clause, before a conjunction or a
preposition, anywhere else, after an article or the like, in what is probably one word."""

BALANCE = 4.0
"""What it costs if one of two lines is empty, to be weighed against those above."""

TOO_WIDE = 1000.0
"""What it costs if a line has more characters than it may: nothing else counts then."""

NO_START = frozenset(
    "、。，．・：；！？）」』】〉》〕］｝ーゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…‥%％)]},.!?:;”’"
)
NO_END = frozenset("（「『【〈《〔［｛([{“‘")
"""Characters that begin, or end, no line in Chinese and Japanese (JIS X 4051)."""

UNSPACED_PIECE = re.compile(r"[!-~\u00c0-\u024f]+\s*|\S\s*")
"""A Latin word or number in an unspaced text, or a character, with the space that follows."""


@dataclass(frozen=True)
class Piece:
    """A part of a text that is never broken.

    Attributes:
        text: Its characters, with the space that follows.
        cost: What it costs to break the text after it; see `PLAIN`.
    """

    text: str
    cost: float


@dataclass(frozen=True)
class Layout:
    """How a text is laid into lines.

    Attributes:
        at: The piece with which the second line begins; None: it is one line.
        cost: What the break costs.
        fits: Whether no line has more characters than it may.
    """

    at: int | None
    cost: float
    fits: bool


def pieces(text: str, rules: SubtitleRules) -> list[Piece]:
    """Divide a text where it may be broken.

    Args:
        text: The text.
        rules: The rules of its language.

    Returns:
        Its pieces: words; in scripts without spaces, characters and Latin words.
    """
    plain = " ".join(text.split())
    if rules.is_unspaced:
        found = _joined(UNSPACED_PIECE.findall(plain))
        return [
            Piece(a, _unspaced_cost(a, b)) for a, b in zip(found, [*found[1:], ""], strict=False)
        ]
    found = re.findall(r"\S+\s*", plain)
    return [Piece(a, _cost(a, b, rules)) for a, b in zip(found, [*found[1:], ""], strict=False)]


class MeasuredText:
    """A text whose parts are laid into lines. Widths are summed up once, since many are tried.

    Args:
        parts: Its pieces.
        rules: The rules of its language.
    """

    def __init__(self, parts: Sequence[Piece], rules: SubtitleRules) -> None:
        self._parts, self._rules = parts, rules
        self._ends = [0.0, *accumulate(rules.width(part.text) for part in parts)]
        self._spaces = [rules.width(part.text) - rules.width(part.text.rstrip()) for part in parts]

    def width(self, first: int, end: int) -> float:
        """Count the characters of some pieces.

        Args:
            first: The first piece.
            end: The piece after the last.

        Returns:
            The number of characters, without the space at the end.
        """
        return self._ends[end] - self._ends[first] - self._spaces[end - 1]

    def layout(self, first: int, end: int) -> Layout:
        """Lay some pieces into one line, or two where they have too many characters for one.

        Args:
            first: The first piece.
            end: The piece after the last.

        Returns:
            The best of all layouts.
        """
        fits = self.width(first, end) <= self._rules.characters
        if fits or end - first < 2:
            return Layout(None, 0.0, fits)
        tried = (self._broken(first, at, end) for at in range(first + 1, end))
        return min(tried, key=lambda found: found.cost)

    def lines(self, first: int, end: int) -> tuple[str, ...]:
        """Write the lines of some pieces.

        Args:
            first: The first piece.
            end: The piece after the last.

        Returns:
            The lines of their best layout.
        """
        at = self.layout(first, end).at
        edges = [first, end] if at is None else [first, at, end]
        return tuple(
            "".join(part.text for part in self._parts[a:b]).strip() for a, b in pairwise(edges)
        )

    def _broken(self, first: int, at: int, end: int) -> Layout:
        upper, lower = self.width(first, at), self.width(at, end)
        over = max(0.0, max(upper, lower) - self._rules.characters)
        # Of two equal layouts, the one with the longer lower line hides less of the picture.
        uneven = abs(upper - lower) / (upper + lower) + (0.01 if upper > lower else 0)
        cost = self._parts[at - 1].cost + BALANCE * uneven + (TOO_WIDE + over if over else 0)
        return Layout(at, cost, not over)


def ends_sentence(text: str) -> bool:
    """Tell whether a sentence ends with a text.

    Args:
        text: A word with its punctuation, or more.

    Returns:
        Whether it does.
    """
    bare = text.strip().rstrip(CLOSING)
    return bool(bare) and bare[-1] in SENTENCE_ENDS


def _cost(word: str, following: str, rules: SubtitleRules) -> float:
    if ends_badly(word, rules.language):
        return BINDING
    if ends_sentence(word):
        return AFTER_SENTENCE
    if word.strip().rstrip(CLOSING)[-1:] in tuple(CLAUSE_ENDS):
        return AFTER_CLAUSE
    return BEFORE_LINK if begins_well(following, rules.language) else PLAIN


def _joined(found: Sequence[str]) -> list[str]:
    """Pieces of an unspaced text, with each mark beside what it must not be parted from."""
    together: list[str] = []
    for piece in found:
        bound = together and (
            piece[0] in NO_START
            or unicodedata.combining(piece[0])
            or together[-1].rstrip()[-1] in NO_END
        )
        if bound:
            together[-1] += piece
        else:
            together.append(piece)
    return together


def _unspaced_cost(piece: str, following: str) -> float:
    if ends_sentence(piece):
        return AFTER_SENTENCE
    last, first = piece.strip()[-1:], following[:1]
    if last in tuple(CLAUSE_ENDS) or piece != piece.rstrip():
        return AFTER_CLAUSE
    kinds = _kind(last), _kind(first)
    if kinds[0] == "hiragana" and kinds[1] != "hiragana":
        return BEFORE_LINK  # a phrase of Japanese ends with its particle
    return PLAIN if "han" in kinds and kinds[0] == kinds[1] else INSIDE


def _kind(character: str) -> str:
    if "぀" <= character <= "ゟ":
        return "hiragana"
    if "゠" <= character <= "ヿ":
        return "katakana"
    return "han" if character >= "\u2e80" else "other"
