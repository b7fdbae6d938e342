"""The engines by name. A new engine needs one line here, or an entry point of its own package."""

import functools
from typing import TYPE_CHECKING, Any

from ..core.plugins import load_plugins
from .settings import EngineSettings

if TYPE_CHECKING:
    from .base import Engine  # imports NumPy and decoders, which the command of a run need not

BUILT_IN = {
    "preview": "mouthpiece.engines.preview.settings:PreviewSettings",
    "musetalk": "mouthpiece.engines.musetalk.settings:MusetalkSettings",
    "latentsync": "mouthpiece.engines.latentsync.settings:LatentSyncSettings",
    "wav2lip": "mouthpiece.engines.wav2lip.settings:Wav2LipSettings",
    "hosted": "mouthpiece.engines.hosted.settings:HostedSettings",
}
GROUP = "mouthpiece.engines"
"""The entry point group by which other installed packages add engines."""


@functools.cache
def engine_settings() -> dict[str, type[EngineSettings]]:
    """Find the engines.

    Returns:
        The settings class of each engine, by name.
    """
    return load_plugins(BUILT_IN, GROUP)


def read_settings(name: str, values: dict[str, Any]) -> EngineSettings:
    """Read the settings of an engine.

    Args:
        name: The engine's name.
        values: Its keys and values; keys that are left out take their defaults.

    Returns:
        The checked settings.
    """
    return engine_settings()[name].model_validate(values)


def preset_names(name: str) -> tuple[str, ...]:
    """Name the presets of an engine.

    Args:
        name: The engine's name.

    Returns:
        The names; none where there is no such engine.
    """
    known = engine_settings().get(name)
    return tuple(known.presets) if known else ()


def create_engine(settings: EngineSettings) -> "Engine":
    """Build an engine.

    Args:
        settings: The engine's settings.

    Returns:
        The engine; nothing is loaded yet.
    """
    return settings.build()


class EngineCache:
    """Builds engines as `create_engine` does; engines of one kind share what they have loaded.

    The results are the same. A process that keeps one draws its second cut without loading.
    """

    def __init__(self) -> None:
        self._loaded: dict[type[EngineSettings], Any] = {}

    def __call__(self, settings: EngineSettings) -> "Engine":
        """Build an engine.

        Args:
            settings: The engine's settings.

        Returns:
            The engine, with what others of its kind have loaded.
        """
        made = settings.build()
        made.loaded = self._loaded.setdefault(type(settings), made.loaded)
        return made
