"""The settings of the synthesizer kokoro."""

from typing import ClassVar

from ..settings import SynthesizerSettings


class KokoroSettings(SynthesizerSettings):
    """Kokoro-82M: English, Spanish, French, Portuguese, Italian, Hindi."""

    implementation: ClassVar[str] = "mouthpiece.voices.kokoro.synthesizer:Kokoro"
