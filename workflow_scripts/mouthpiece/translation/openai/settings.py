"""The settings of the translator openai."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ...core.notes import Note
from ...services.settings import EndpointSettings
from ..settings import TranslatorSettings

Price = Annotated[float, Field(ge=0, le=1_000_000)]


class OpenAiSettings(EndpointSettings, TranslatorSettings):
    """Any OpenAI-compatible chat endpoint, hosted or on this machine. It gets the lines' text."""

    implementation: ClassVar[str] = "mouthpiece.translation.openai.translator:OpenAi"
    runtime_options: ClassVar[frozenset[str]] = EndpointSettings.runtime_options | {
        "usd_per_million_input_tokens",
        "usd_per_million_output_tokens",
    }

    context_lines: Annotated[int, Field(ge=0, le=20)] = 3
    """How many lines before and after a line it is shown, which it does not translate."""
    batch_lines: Annotated[int, Field(ge=1, le=100)] = 20
    """The most lines in one request."""
    shorten: bool = True
    """Whether it is asked once more for a shorter wording of lines that do not fit their slot."""
    instructions: Annotated[str, Field(max_length=2000)] = ""
    """What it is told beside the task, such as "Children watch it: informal, no swearing"."""
    answer_format: Literal["json_schema", "json_object", "text"] = "json_schema"
    """How it is told to answer in JSON. Not all services take a schema."""
    usd_per_million_input_tokens: Price = 0.0
    """The price of what it reads, in US dollars. 0: nothing, or not known."""
    usd_per_million_output_tokens: Price = 0.0
    """The price of what it writes, in US dollars."""

    def serves(self, source: str, target: str) -> bool:
        """See `TranslatorSettings.serves`: all pairs, once its address and model are set."""
        return bool(self.base_url and self.model)

    def notes(self, source: str, target: str) -> list[Note]:
        """See `TranslatorSettings.notes`: the text leaves the process."""
        return [Note("text_sent", {"host": self.host})]
