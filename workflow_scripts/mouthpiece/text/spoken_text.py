"""Text as it is heard: without case, punctuation and spaces, and how far two texts are apart."""

import unicodedata
from collections.abc import Sequence

import jiwer

HEARD = "LMN"
"""The first letters of the Unicode categories that are heard: letters, marks, numbers."""

JAPANESE = ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH")
"""How the Unicode names of the letters begin that stand side by side in Japanese, or in Chinese."""

UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""The same of scripts that are written without spaces between words."""


def words_of(text: str) -> list[str]:
    """Split a text into what is heard of its words.

    Args:
        text: Any text.

    Returns:
        The words, in small letters, without punctuation.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    # An apostrophe joins the parts of a word.
    folded = folded.replace("\u2019", "'").replace("'", "")
    heard = [c if unicodedata.category(c)[0] in HEARD else " " for c in folded]
    return "".join(heard).split()


def character_error_rate(wanted: str, heard: str) -> float:
    """Measure how much of a text was heard otherwise.

    Spaces do not count: recognizers part and join words as they like, and some scripts have none.

    Args:
        wanted: What should be said.
        heard: What was heard.

    Returns:
        The edits from one to the other as a share of the length of `wanted`; 0 where nothing should
        be said and nothing was heard, 1 where something was.
    """
    reference, hypothesis = "".join(words_of(wanted)), "".join(words_of(heard))
    if not reference:
        return float(bool(hypothesis))
    return float(jiwer.cer(reference, hypothesis)) if hypothesis else 1.0


def numbers_differ(wanted: str, heard: str) -> bool:
    """Tell whether a number may be written in figures in one text and in words in the other.

    Args:
        wanted: What should be said.
        heard: What was heard.

    Returns:
        Whether their figures are not the same.
    """
    first, second = ([c for c in text if c.isnumeric()] for text in (wanted, heard))
    return first != second


def letters_differ(wanted: str, heard: str) -> bool:
    """Tell whether most letters of two texts are of different scripts, such as Hindi's and Urdu's.

    Args:
        wanted: What should be said.
        heard: What was heard.

    Returns:
        Whether they are; false where one has no letters.
    """
    first, second = (_letters(text) for text in (wanted, heard))
    return bool(first and second) and first != second


def _letters(text: str) -> str:
    """The script of most of a text's letters, by their Unicode names; empty where it has none."""
    names = [unicodedata.name(c, "").partition(" ")[0] for c in text if c.isalpha()]
    names = ["JAPANESE" if name in JAPANESE else name for name in names]
    return max(sorted(set(names)), key=names.count, default="")


def share_heard(wanted: str, heard: Sequence[str]) -> tuple[float, int]:
    """Tell how many of the words of a text are among those that were heard, in their order.

    In scripts without spaces, each character counts as a word.

    Args:
        wanted: The text.
        heard: The words that were heard.

    Returns:
        The share of its words, and how many they are.
    """
    reference, found = _parts(wanted), [part for word in heard for part in _parts(word)]
    if not reference or not found:
        return 0.0, 0
    hits = jiwer.process_words(" ".join(reference), " ".join(found)).hits
    return hits / len(reference), int(hits)


def _parts(text: str) -> list[str]:
    """The words of a text; where its script has no spaces between them, its characters."""
    return [part for word in words_of(text) for part in (word if _is_unspaced(word) else [word])]


def _is_unspaced(word: str) -> bool:
    return any(unicodedata.name(c, "").startswith(UNSPACED) for c in word)
