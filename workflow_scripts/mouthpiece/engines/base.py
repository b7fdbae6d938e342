"""What a draft engine offers to the rest of the library."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..audio.speech import Speech
from ..core.timeline import Clock
from ..faces.track import Track
from ..patches.patch_set import PatchSet
from .settings import EngineSettings


class Engine(Protocol):
    """A draft engine: draws mouths that fit a dub.

    Attributes:
        loaded: What the engine has loaded, and will. Given to another engine of its kind, whatever
            its settings, that one does not load it again. It holds at most one set of networks.
    """

    loaded: Any

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """Bake a cut's avatar: what the engine needs of the cut that no language changes.

        Args:
            pictures: The cut's T frames, RGB, [H, W, 3] uint8.
            track: The face in the same frames.
            avatar: The file to write.
        """

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> PatchSet:
        """Draw the frames of a cut to fit its speech.

        Args:
            avatar: What `prepare` wrote.
            speech: The cut's speech.
            clock: The cut's frames; `clock.frame_order` are the avatar's frames.

        Returns:
            `clock.frames` patches.
        """

    def facts(self, avatar: Path) -> dict[str, Any]:
        """Report what the bake found that helps to choose settings.

        Args:
            avatar: What `prepare` wrote.

        Returns:
            JSON values, for the cut's row.
        """


EngineFactory = Callable[[EngineSettings], Engine]
"""Builds the engine of some settings: `registry.create_engine`, or an `EngineCache`."""
