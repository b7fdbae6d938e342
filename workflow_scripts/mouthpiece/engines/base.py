"""What a draft engine offers to the rest of the library."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..audio.speech import Speech
from ..core.timeline import Clock
from ..faces.track import Track
from ..media.region import Region
from ..patches.patch import Extent, Patch
from .settings import EngineSettings


class Engine(Protocol):
    """A draft engine: draws mouths that fit a dub.

    Attributes:
        loaded: What the engine has loaded, and will. Given to another engine of its kind, whatever
            its settings, that one does not load it again. It holds at most one set of networks.
        window_frames: How many frames the engine draws together.
        overlap_frames: How many of them it draws again with the next window.
        patch_px: Side of a patch, at most.
        needs_clip: Whether the engine works on the cut as a video file, as hosted services do.
    """

    loaded: Any

    @property
    def window_frames(self) -> int:
        """See `Engine`."""

    @property
    def overlap_frames(self) -> int:
        """See `Engine`."""

    @property
    def patch_px(self) -> int:
        """See `Engine`."""

    @property
    def needs_clip(self) -> bool:
        """See `Engine`."""

    def warm_up(self) -> None:
        """Load what `prepare` and `render` need, if that takes long; nothing where there is no GPU.

        It changes no result. A worker does it while a run's first jobs are at work.

        Raises:
            Fault: Weights cannot be used.
        """

    def region(self, track: Track, height: int, width: int) -> Region | None:
        """Tell what `prepare` looks at, before pictures are converted for it.

        Args:
            track: The face in a cut's frames.
            height: The pictures' rows.
            width: The pictures' columns.

        Returns:
            The part of all pictures; None: all of them.
        """

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """Bake a cut's avatar: what the engine needs of the cut that no language changes.

        Args:
            pictures: The cut's T frames, RGB, [H, W, 3] uint8; each is looked at once and dropped.
                Outside `region` they may be black.
            track: The face in the same frames.
            avatar: The file to write, an archive (`patches.archive`) whose `meta.json` has the
                engine's name as "engine".

        Raises:
            Fault: There are not as many pictures as the track has frames.
        """

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> Iterator[Patch]:
        """Draw the frames of a cut to fit its speech.

        Patches are drawn as they are asked for, a window at a time; memory does not grow with the
        cut.

        Args:
            avatar: What `prepare` wrote.
            speech: The cut's speech.
            clock: The cut's frames; `clock.frame_order` are the avatar's frames.

        Returns:
            `clock.frames` patches, in order, all of one size.

        Raises:
            ValueError: The avatar is of another number of frames than the clock's source.
            Fault: The avatar's file is broken.
        """

    def extent(self, avatar: Path, clock: Clock) -> Extent | None:
        """Tell which part of the patches any mask of a cut takes, before they are drawn.

        Args:
            avatar: What `prepare` wrote.
            clock: The cut's frames.

        Returns:
            The part; None where it is not known, or nothing is drawn.
        """

    def facts(self, avatar: Path) -> dict[str, Any]:
        """Report what the bake found that helps to choose settings, and what memory did not hold.

        Args:
            avatar: What `prepare` wrote.

        Returns:
            JSON values, for the cut's row.
        """


EngineFactory = Callable[[EngineSettings], Engine]
"""Builds the engine of some settings: `registry.create_engine`, or an `EngineCache`."""
