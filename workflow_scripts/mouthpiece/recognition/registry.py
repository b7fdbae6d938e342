"""The recognizers by name. A new one needs one line here, or an entry point of its own package."""

import functools

from ..core.plugins import load_plugins
from .settings import RecognizerSettings

BUILT_IN = {
    "faster_whisper": "mouthpiece.recognition.faster_whisper.settings:FasterWhisperSettings",
    "openai_whisper": "mouthpiece.recognition.openai_whisper.settings:OpenaiWhisperSettings",
}
GROUP = "mouthpiece.recognizers"
"""The entry point group by which other installed packages add recognizers."""


@functools.cache
def recognizer_settings() -> dict[str, type[RecognizerSettings]]:
    """Find the recognizers.

    Returns:
        The settings class of each recognizer, by name.
    """
    return load_plugins(BUILT_IN, GROUP)
