"""The settings of the synthesizer espeak."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from ..settings import SynthesizerSettings, Voice
from ..voice_table import read_voice_table
from .languages import espeak_language

PROGRAM = "mouthpiece.voices.espeak.program"
"""The program that runs espeak-ng; nothing imports it."""


class EspeakSettings(SynthesizerSettings):
    """espeak-ng: a hundred languages, in robotic voices. A program of its own (GPL-3)."""

    implementation: ClassVar[str] = "mouthpiece.voices.espeak.synthesizer:Espeak"
    is_robotic: ClassVar[bool] = True

    words_per_minute: Annotated[int, Field(ge=80, le=225)] = 150
    """How fast it speaks where a line fits its slot."""

    @property
    def rates(self) -> tuple[float, float]:
        """See `SynthesizerSettings.rates`."""
        return 0.5, 2.0

    def voices(self, language: str) -> Sequence[Voice]:
        """See `SynthesizerSettings.voices`: the same in all languages."""
        if not espeak_language(language):
            return ()
        return [row.voice() for row in read_voice_table(__package__)]
