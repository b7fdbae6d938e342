"""The translators by name. A new one needs one line here, or an entry point of its own package."""

import functools

from ..core.plugins import load_plugins
from .settings import TranslatorSettings

BUILT_IN = {
    "bergamot": "mouthpiece.translation.bergamot.settings:BergamotSettings",
    "apertium": "mouthpiece.translation.apertium.settings:ApertiumSettings",
    "ctranslate2": "mouthpiece.translation.ctranslate2.settings:CTranslate2Settings",
    "openai": "mouthpiece.translation.openai.settings:OpenAiSettings",
}
GROUP = "mouthpiece.translators"
"""The entry point group by which other installed packages add translators."""


@functools.cache
def translator_settings() -> dict[str, type[TranslatorSettings]]:
    """Find the translators.

    Returns:
        The settings class of each translator, by name.
    """
    return load_plugins(BUILT_IN, GROUP)
