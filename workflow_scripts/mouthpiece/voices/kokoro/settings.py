"""The settings of the synthesizer kokoro."""

from collections.abc import Sequence
from typing import ClassVar

from ..espeak.settings import PROGRAM
from ..settings import SynthesizerSettings, Voice
from ..voice_table import read_voice_table
from .accents import accent_of

WHISPERED = ("af_nicole",)
"""Voices that are cast last, as guests are."""


class KokoroSettings(SynthesizerSettings):
    """Kokoro-82M: English, Spanish, French, Brazilian Portuguese, Italian, Hindi."""

    implementation: ClassVar[str] = "mouthpiece.voices.kokoro.synthesizer:Kokoro"
    runtime_options: ClassVar[frozenset[str]] = frozenset({"guests"})

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
    def modules(self) -> tuple[str, ...]:
        """See `SynthesizerSettings.modules`: the phonemes are those of espeak-ng."""
        return self.package(), PROGRAM

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
        own = [row for row in rows if row.language in accent.voices]
        others = [row for row in rows if row not in own] if self.guests else []
        voices = [row.voice(row in others or row.name in WHISPERED) for row in own + others]
        return sorted(voices, key=lambda voice: voice.is_guest)
