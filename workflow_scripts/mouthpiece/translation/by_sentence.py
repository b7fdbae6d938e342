"""The base of translators that take one sentence after the other and know no context."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from ..services.store import AnswerStore
from .base import Line, Translation, Translator
from .glossary import missing_terms, placeholders, replaced
from .sentences import runs, sentences_of, shared_out

SHOUTED_LETTERS = 5
"""Texts in capitals with fewer letters are left as they are: NATO."""


class SentenceTranslator(Translator):
    """Translates whole sentences, and shares them out where one goes over several lines."""

    @abstractmethod
    def sentences(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Translate sentences.

        Args:
            texts: Sentences; none is empty.
            source: Their language, a BCP-47 tag.
            target: The language that is wanted.

        Returns:
            A translation each.

        Raises:
            InputError: What the user gave is wrong.
            Fault: The machine failed.
        """

    def translate(
        self, lines: Sequence[Line], source: str, target: str, store: AnswerStore
    ) -> list[Translation]:
        """See `Translator.translate`."""
        targets = [""] * len(lines)
        joined = runs(lines)
        texts = [" ".join(lines[i].text.strip() for i in run) for run in joined]
        terms = [_merged([lines[i] for i in run]) for run in joined]
        translated = self._with_terms(texts, terms, source, target)
        for run, text in zip(joined, translated, strict=True):
            shares = [max(1.0, float(len(lines[i].text))) for i in run]
            for i, part in zip(run, shared_out(text, shares), strict=True):
                targets[i] = part
        return [Translation(one) for one in targets]

    def _with_terms(
        self, texts: Sequence[str], terms: Sequence[Mapping[str, str]], source: str, target: str
    ) -> list[str]:
        """Translate; where terms are missing, again with their translations in the source, or else
        with words that are copied.
        """

        def missing(i: int, text: str) -> int:
            return len(missing_terms(texts[i], text, terms[i]))

        found = self._texts(texts, source, target)
        for is_named in (False, True):
            again = [i for i, text in enumerate(found) if missing(i, text)]
            words = [placeholders(terms[i]) if is_named else terms[i] for i in again]
            asked = [replaced(texts[i], one) for i, one in zip(again, words, strict=True)]
            answers = self._texts(asked, source, target)
            for i, one, text in zip(again, words, answers, strict=True):
                back = {word: terms[i][term] for term, word in one.items()} if is_named else {}
                answer = replaced(text, back)
                if missing(i, answer) < missing(i, found[i]):
                    found[i] = answer
        return found

    def _texts(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        parts = [(i, _spoken(part)) for i, text in enumerate(texts) for part in sentences_of(text)]
        translated = self.sentences([part for _, part in parts], source, target) if parts else []
        found: list[list[str]] = [[] for _ in texts]
        for (i, _), part in zip(parts, translated, strict=True):
            found[i].append(" ".join(part.split()))
        return [" ".join(one) for one in found]


def _merged(lines: Sequence[Line]) -> dict[str, str]:
    return {term: target for line in lines for term, target in (line.glossary or {}).items()}


def _spoken(text: str) -> str:
    """A text without the capitals of captions, which are unknown words to networks."""
    letters = sum(letter.isalpha() for letter in text)
    return text.capitalize() if text.isupper() and letters >= SHOUTED_LETTERS else text
