"""What a translator takes and gives."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..services.store import AnswerStore


@dataclass(frozen=True)
class Line:
    """A line to translate.

    Attributes:
        text: What is said.
        speaker: Who speaks.
        start_s: When it begins, in seconds.
        end_s: When it ends.
        most_syllables: How many syllables of the target fit its slot.
        glossary: The terms that are in it, and their translations.
    """

    text: str
    speaker: str = ""
    start_s: float = 0.0
    end_s: float = 0.0
    most_syllables: int = 0
    glossary: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Translation:
    """A line in the target language.

    Attributes:
        target: What is to be said.
        cost_usd: What it cost, by the prices of the config; 0 where nothing is paid.
        tokens: The tokens that a service counted for it.
        problem: Why a service that was asked gave none; it is not asked again. Empty: it gave one.
    """

    target: str
    cost_usd: float = 0.0
    tokens: float = 0.0
    problem: str = ""


class Translator(ABC):
    """The base class of all translators."""

    def __init__(self, settings: Any) -> None:
        """Prepare a translator. Models are loaded when they are needed.

        Args:
            settings: Its settings.
        """
        self.settings = settings

    @abstractmethod
    def translate(
        self, lines: Sequence[Line], source: str, target: str, store: AnswerStore
    ) -> list[Translation]:
        """Translate lines that follow each other.

        Args:
            lines: The lines, by when they begin. None is empty.
            source: Their language, a BCP-47 tag.
            target: The language that is wanted, a BCP-47 tag.
            store: Where what is paid for is kept.

        Returns:
            A translation each; empty where there is none.

        Raises:
            InputError: What the user gave is wrong.
            Fault: The machine or a service failed.
        """
