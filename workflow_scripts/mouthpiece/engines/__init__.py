"""Draft engines: each draws mouths that fit a dub; nothing outside may know which runs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..clock import Clock
from ..patches import PatchSet
from ..settings import Engines
from ..speech import Speech
from ..track import Track


class Engine(Protocol):
    """What a draft engine offers.

    loaded: what it has loaded, and will; given to another of its kind, whatever its settings, that
    one need not load it again. It holds no more than one set of networks.
    """

    loaded: Any

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """Bake a cut's avatar, whatever of it no language changes, into the file `avatar`.

        `pictures` yields the cut's T frames, RGB [H, W, 3] uint8; `track` covers the same frames.
        """

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> PatchSet:
        """Draw the avatar's frames at `clock.places` to fit the speech: `clock.frames` patches."""

    def facts(self, avatar: Path) -> dict[str, Any]:
        """What the bake found that helps to choose settings, as JSON values; for the cut's row."""


Make = Callable[[str, Engines], Engine]
"""What makes an engine of a name and settings: `engine`, or a `Workshop`."""


def engine(name: str, settings: Engines) -> Engine:
    """The engine of that name, with its settings."""
    if name == "preview":
        from .preview import Preview

        return Preview(settings.preview)
    if name == "musetalk":
        from .musetalk.engine import MusetalkEngine

        return MusetalkEngine(settings.musetalk)
    raise ValueError(f"no engine {name!r}")


class Workshop:
    """Makes engines as `engine` does, of which those of one name share what they have loaded.

    It gives the same results; a process that keeps one draws its second cut without loading.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __call__(self, name: str, settings: Engines) -> Engine:
        """The engine of that name, with its settings."""
        made = engine(name, settings)
        made.loaded = self._loaded.setdefault(name, made.loaded)
        return made
