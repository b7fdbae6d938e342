"""The synthesizers by name. A new one needs one line here, or an entry point of its own package."""

import functools

from ..core.plugins import load_plugins
from .settings import SynthesizerSettings

BUILT_IN = {
    "kokoro": "mouthpiece.voices.kokoro.settings:KokoroSettings",
    "piper": "mouthpiece.voices.piper.settings:PiperSettings",
    "espeak": "mouthpiece.voices.espeak.settings:EspeakSettings",
    "openai": "mouthpiece.voices.openai.settings:OpenAiSpeechSettings",
    "command": "mouthpiece.voices.command.settings:CommandSettings",
    "given": "mouthpiece.voices.given.settings:GivenSettings",
}
GROUP = "mouthpiece.synthesizers"
"""The entry point group by which other installed packages add synthesizers."""


@functools.cache
def synthesizer_settings() -> dict[str, type[SynthesizerSettings]]:
    """Find the synthesizers.

    Returns:
        The settings class of each synthesizer, by name.
    """
    return load_plugins(BUILT_IN, GROUP)
