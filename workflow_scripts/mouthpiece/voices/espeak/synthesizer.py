"""The synthesizer espeak: a hundred languages, in robotic voices."""

from ..base import Sound
from .languages import espeak_language
from .process import sound
from .settings import EspeakSettings
from .spoken_form import spoken_form


class Espeak:
    """Speaks with espeak-ng's own voices. See `voices.base.Synthesizer`."""

    def __init__(self, settings: EspeakSettings) -> None:
        """Prepare it.

        Args:
            settings: Its settings.
        """
        self.settings = settings

    def speak(self, text: str, language: str, voice: str, rate: float) -> Sound:
        """See `Synthesizer.speak`."""
        words_per_minute = round(self.settings.words_per_minute * rate)
        own = espeak_language(language)
        return sound(spoken_form(text, own), f"{own}+{voice}", words_per_minute)
