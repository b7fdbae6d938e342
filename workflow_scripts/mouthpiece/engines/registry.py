"""The engines by name."""

from typing import Any

from ..project.settings import Engines
from .base import Engine


def create_engine(name: str, settings: Engines) -> Engine:
    """The engine of that name, with its settings."""
    if name == "preview":
        from .preview.engine import Preview

        return Preview(settings.preview)
    if name == "musetalk":
        from .musetalk.engine import MusetalkEngine

        return MusetalkEngine(settings.musetalk)
    raise ValueError(f"no engine {name!r}")


class EngineCache:
    """Makes engines as `engine` does, of which those of one name share what they have loaded.

    It gives the same results; a process that keeps one draws its second cut without loading.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __call__(self, name: str, settings: Engines) -> Engine:
        """The engine of that name, with its settings."""
        made = create_engine(name, settings)
        made.loaded = self._loaded.setdefault(name, made.loaded)
        return made
