"""What a recognizer found of takes and of backgrounds, as the sound gate reads it."""

from dataclasses import dataclass
from pathlib import Path

from ..core.files import read_json


@dataclass(frozen=True)
class HeardLine:
    """What a recognizer heard of a take.

    Attributes:
        text: The words.
        error: Their character error rate against the text of the line.
        language: The language that is heard, without region; empty: it was not asked.
        language_probability: How sure the recognizer is of it, 0 to 1.
    """

    text: str
    error: float
    language: str = ""
    language_probability: float = 0.0


@dataclass(frozen=True)
class AudibleSegment:
    """A segment of the transcript, as it is heard in the background.

    Attributes:
        start_s: When it begins, in seconds from picture 0.
        end_s: When it ends.
        share: The share of its words that are heard.
        words: How many words these are.
    """

    start_s: float
    end_s: float
    share: float
    words: int


def read_heard(facts: Path) -> dict[str, HeardLine]:
    """Read what `heard` wrote.

    Args:
        facts: A heard.json.

    Returns:
        What was heard, by line; empty where nothing was heard back.
    """
    return {name: HeardLine(**line) for name, line in read_json(facts)["lines"].items()}


def read_audible(facts: Path) -> list[AudibleSegment]:
    """Read what `background_words` wrote.

    Args:
        facts: A background_words.json.

    Returns:
        The segments, by when they begin; none where the background was not heard.
    """
    return [AudibleSegment(**row) for row in read_json(facts)["segments"]]
