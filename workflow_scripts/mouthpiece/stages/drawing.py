"""One attempt to draw a cut, with one set of an engine's settings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.speech import SAMPLE_RATE, Speech
from ..core.files import temporary_folder
from ..core.timeline import Clock
from ..engines.base import EngineFactory
from ..engines.heard import heard
from ..engines.registry import read_settings
from ..faces.track import Track
from ..patches.patch import Patch
from ..patches.patch_set import write_patches
from .bake import bake_avatar
from .requests import DraftRequest

SHIFT_RATE = 25
"""Frames/s in which `moved_frames` is counted; the same as in the offsets of scorers."""


@dataclass(frozen=True)
class Drawing:
    """The result of one attempt.

    Attributes:
        settings: The engine's settings that the result depends on.
        moved_frames: How much earlier (+) the lips are drawn, in frames of 25 fps.
        facts: The engine's facts about the avatar.
        patches: The patch set, a file.
    """

    settings: dict[str, Any]
    moved_frames: int
    facts: dict[str, Any]
    patches: Path


def draw(
    request: DraftRequest,
    clock: Clock,
    settings: dict[str, Any],
    moved_frames: int,
    patches: Path,
    create: EngineFactory,
) -> Drawing:
    """Draw a cut. Its avatar is baked again if the settings need a different one.

    Args:
        request: The request of the draft.
        clock: The cut's frames.
        settings: The engine's settings.
        moved_frames: How much earlier (+) the lips are drawn, in frames of 25 fps.
        patches: The patch set to write.
        create: Builds the engine.

    Returns:
        The drawing.
    """
    kept = {key: value for key, value in settings.items() if key not in request.runtime_options}
    chosen = kept | request.runtime_options
    read = read_settings(request.engine, chosen)
    engine = create(read)
    speech = heard(read, Speech.load(request.speech), clock)
    speech = speech.later(-moved_frames * SAMPLE_RATE // SHIFT_RATE, clock)
    with temporary_folder(patches) as folder:
        avatar = request.avatar
        if any(chosen[key] != value for key, value in request.baked.items()):
            avatar = folder / "avatar.zip"
            face, source = Track.load(request.track, request.face), clock.source
            bake_avatar(request.mezzanine, source, face, request.engine, chosen, avatar, create)
        placed = Track.load(request.track, request.face).at(clock.frame_order).placed
        drawn = where_placed(placed, engine.render(avatar, speech, clock))
        write_patches(patches, drawn, request.engine, engine.extent(avatar, clock))
        return Drawing(kept, moved_frames, engine.facts(avatar), patches)


def where_placed(placed: np.ndarray, patches: Iterable[Patch]) -> Iterator[Patch]:
    """Hide the patches of frames of which it is not known where the face is.

    Args:
        placed: See `Track.placed`, [T] bool.
        patches: One a frame, T of them.

    Yields:
        The same, those with an alpha of 0.
    """
    for is_placed, patch in zip(placed, patches, strict=True):
        yield patch if is_placed else replace(patch, alpha=0.0)
