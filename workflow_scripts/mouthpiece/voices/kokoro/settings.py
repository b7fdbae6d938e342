"""The settings of the synthesizer kokoro."""

from collections.abc import Sequence
from typing import ClassVar

from ..settings import SynthesizerSettings, Voice
from ..voice_table import read_voice_table
from .accents import accent_of


class KokoroSettings(SynthesizerSettings):
    """Kokoro-82M: English, Spanish, French, Brazilian Portuguese, Italian, Hindi."""

    implementation: ClassVar[str] = "mouthpiece.voices.kokoro.synthesizer:Kokoro"

    guests: bool = True
    """Whether voices of other languages speak, too, once all voices of a language have a speaker:
    Portuguese has three. They have an accent."""

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `PluginSettings.weight_users`."""
        return ("kokoro",)

    @property
    def mem_mb(self) -> int:
        """See `PluginSettings.mem_mb`."""
        return 2000

    @property
    def rates(self) -> tuple[float, float]:
        """See `SynthesizerSettings.rates`."""
        return 0.7, 1.5

    def voices(self, language: str) -> Sequence[Voice]:
        """See `SynthesizerSettings.voices`."""
        accent = accent_of(language)
        if accent is None:
            return ()
        rows = read_voice_table(__package__)
        own = [row.voice() for row in rows if row.language in accent.voices]
        others = [row.voice(is_guest=True) for row in rows if row.language not in accent.voices]
        return own + others if self.guests else own
