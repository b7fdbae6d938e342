"""What all that run Whisper share: the codes of languages, and how words are put together."""

from collections.abc import Iterable, Sequence

from ..core.errors import InputError
from ..text.sentences import NO_SPACES
from ..text.transcript import Word
from .base import macrolanguage

OWN_CODES = {"jw": "jv"}
"""Whisper's codes that are no BCP-47 tags of today."""


def tag_of_code(code: str) -> str:
    """Read a language code of Whisper.

    Args:
        code: Such as "en" or "jw".

    Returns:
        The BCP-47 tag.
    """
    return OWN_CODES.get(code, code)


def code_of_tag(tag: str, codes: Sequence[str], recognizer: str) -> str:
    """Find Whisper's code of a language.

    Args:
        tag: A BCP-47 tag.
        codes: The codes that the model has.
        recognizer: The recognizer's name, for the message.

    Returns:
        The code.

    Raises:
        InputError: The model does not know the language.
    """
    by_tag = {tag_of_code(code): code for code in codes}
    found = by_tag.get(tag.partition("-")[0]) or by_tag.get(macrolanguage(tag))
    if found is None:
        raise InputError(
            f"the recognizer {recognizer} does not know the language {tag!r}; name a script in"
            " videos.tsv, or choose another recognizer (config: transcribe.recognizer)"
        )
    return found


def whole_words(
    tokens: Iterable[tuple[str, float, float, float]], language: str
) -> tuple[Word, ...]:
    """Put words together of what Whisper takes for words: it divides "quelqu'un".

    Args:
        tokens: Text, start and end in seconds, and probability. The text of a new word begins with
            a space, but in languages that are written without spaces.
        language: The language, a BCP-47 tag without region.

    Returns:
        The words. A word is as likely as the least likely of its parts.
    """
    words: list[Word] = []
    for text, start_s, end_s, probability in tokens:
        said = text.strip()
        if not said:
            continue
        start_s, end_s = round(float(start_s), 3), round(float(end_s), 3)
        word = Word(said, start_s, end_s, round(float(probability), 4))
        if words and not text[0].isspace() and language not in NO_SPACES:
            last = words.pop()
            least = min(last.probability, word.probability)
            word = Word(last.text + said, last.start_s, max(last.end_s, word.end_s), least)
        words.append(word)
    return tuple(words)
