"""TODO"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..audio.speech import Speech
from ..core.timeline import Clock
from ..faces.track import Track
from ..patches.patch_set import PatchSet
from ..project.settings import Engines


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
        """Draw the avatar's frames at `clock.frame_order` to fit the speech: `clock.frames` patches."""

    def facts(self, avatar: Path) -> dict[str, Any]:
        """What the bake found that helps to choose settings, as JSON values; for the cut's row."""


EngineFactory = Callable[[str, Engines], Engine]
"""What makes an engine of a name and settings: `engine`, or a `Workshop`."""
