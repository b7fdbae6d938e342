"""Section `talk`: a live conversation."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from ..config.section import Section
from ..core.languages import language_problem
from ..services.settings import EndpointSettings


class TalkEndpoint(EndpointSettings):
    """The service that answers, where `talk.reply` is `endpoint`. It gets the words.

    It is asked once a turn: `attempts` and `longest_wait_s` change nothing.
    """

    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 30.0
    """How long an answer may take from its begin to its end, in seconds."""


class Talk(Section):
    """A conversation with an avatar: see `docs/talk.md`. No result depends on it."""

    reply: Literal["echo", "endpoint"] = "echo"
    """Who answers: `echo` says what was said; `endpoint` asks the service of `talk.endpoint`."""
    language: str = "en"
    """The language that is spoken, a BCP-47 tag."""
    voice: str = ""
    """The voice, as SYNTHESIZER:NAME, such as kokoro:af_heart. Empty: of the first
    synthesizer of `speak.use` for the language, the voice nearest in pitch to the avatar's own."""
    pitch_hz: Annotated[float, Field(ge=0, le=600)] = 0.0
    """The median pitch of the avatar's own voice, in Hz, where its film has another's. 0: as it is
    heard in the film."""
    instructions: Annotated[str, Field(max_length=4000)] = (
        "You talk with a person. Answer in a few short sentences, as they are spoken: no lists, no "
        "markup, no emoji."
    )
    """What the service is told of its part."""
    remembered_turns: Annotated[int, Field(ge=0, le=100)] = 8
    """How many turns before are sent with a new one. A new conversation remembers none."""
    longest_reply: Annotated[int, Field(ge=20, le=20_000)] = 2000
    """How many characters of an answer are spoken."""
    voice_timeout_s: Annotated[float, Field(gt=0, le=600)] = 20.0
    """How long the voice may take for a sentence, in seconds."""
    hearing_timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    """How long the recognizer may take for what was said, in seconds."""
    endpoint: TalkEndpoint = TalkEndpoint()
    """The service that answers."""

    @field_validator("language")
    @classmethod
    def _is_language(cls, tag: str) -> str:
        if problem := language_problem(tag):
            raise ValueError(problem)
        return tag
