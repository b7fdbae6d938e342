"""The separators by name. A new one needs one line here, or an entry point of its own package."""

import functools

from ..core.plugins import load_plugins
from .settings import SeparatorSettings

BUILT_IN = {
    "spleeter": "mouthpiece.separation.spleeter.settings:SpleeterSettings",
    "demucs": "mouthpiece.separation.demucs.settings:DemucsSettings",
    "duck": "mouthpiece.separation.duck.settings:DuckSettings",
    "off": "mouthpiece.separation.off.settings:OffSettings",
}
GROUP = "mouthpiece.separators"
"""The entry point group by which other installed packages add separators."""


@functools.cache
def separator_settings() -> dict[str, type[SeparatorSettings]]:
    """Find the separators.

    Returns:
        The settings class of each separator, by name.
    """
    return load_plugins(BUILT_IN, GROUP)
