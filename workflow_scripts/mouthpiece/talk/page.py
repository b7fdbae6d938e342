"""The page on which one talks with an avatar."""

from dataclasses import dataclass
from pathlib import Path

from ..review.templating import environment
from .borders import MOST_CHARACTERS

TEMPLATES = Path(__file__).resolve().parent / "templates" / "page"


@dataclass(frozen=True)
class TalkPage:
    """What the page says.

    Attributes:
        voices: Who speaks for each avatar that can be talked with, such as "kokoro:af_heart", by
            the avatar's name.
        answered_by: Who answers: "echo", or the host of the service that gets the words.
        language: The language's name, in English.
        hears: Whether there is a recognizer for the microphone.
    """

    voices: dict[str, str]
    answered_by: str
    language: str
    hears: bool


def page(said: TalkPage) -> bytes:
    """Fill in the page.

    Args:
        said: What it says.

    Returns:
        The page, HTML.
    """
    template = environment(TEMPLATES).get_template("page.html.j2")
    return template.render(page=said, most_characters=MOST_CHARACTERS).encode()
