"""The settings of the synthesizer openai."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from ...core.languages import primary
from ...core.notes import Note
from ...services.settings import EndpointSettings
from ..settings import SynthesizerSettings, Voice


class OpenAiSpeechSettings(EndpointSettings, SynthesizerSettings):
    """Any OpenAI-compatible speech endpoint, hosted or on this machine. It gets the lines' text."""

    implementation: ClassVar[str] = "mouthpiece.voices.openai.synthesizer:OpenAiSpeech"
    is_service: ClassVar[bool] = True
    runtime_options: ClassVar[frozenset[str]] = EndpointSettings.runtime_options | {
        *("names", "languages", "usd_per_million_characters")
    }

    names: tuple[str, ...] = ("alloy", "echo", "fable", "onyx", "nova", "shimmer")
    """Its voices, as the service names them."""
    languages: tuple[str, ...] = ()
    """The languages that it speaks, such as `[de, fr]`. Empty: all."""
    instructions: Annotated[str, Field(max_length=2000)] = ""
    """How it is told to speak, such as "warm, unhurried". Not all services take it."""
    usd_per_million_characters: Annotated[float, Field(ge=0, le=1_000_000)] = 0.0
    """The price of what it speaks, in US dollars. 0: nothing, or not known."""

    @property
    def modules(self) -> tuple[str, ...]:
        """See `SynthesizerSettings.modules`: none. What was paid for is not asked for again because
        code of ours has changed.
        """
        return ()

    def voices(self, language: str) -> Sequence[Voice]:
        """See `SynthesizerSettings.voices`: none until its address and model are set."""
        spoken = {language, primary(language)}
        is_spoken = not self.languages or not spoken.isdisjoint(self.languages)
        is_set = bool(self.base_url and self.model)
        return [Voice(name) for name in self.names] if is_set and is_spoken else []

    def notes(self) -> list[Note]:
        """See `SynthesizerSettings.notes`: the text leaves the process."""
        return [Note("text_spoken_by", {"host": self.host})]
