"""One drawing of a cut: its avatar driven by its speech, with one set of an engine's settings."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..audio.speech import SAMPLE_RATE, Speech
from ..core.timeline import Clock
from ..engines.base import EngineFactory
from ..engines.registry import read_settings
from ..patches.patch_set import PatchSet
from .bake import bake_avatar
from .requests import DraftRequest

SHIFT_RATE = 25
"""Frames/s in which lips are moved against their sound, as the scorers count offsets."""


@dataclass(frozen=True)
class Drawing:
    """A cut drawn in one way.

    Attributes:
        settings: The engine's settings that the result depends on.
        moved_frames: How much sooner (+) than asked for the lips are drawn, in frames of 25 fps.
        patches: What was drawn.
        facts: What the engine reports of the avatar.
    """

    settings: dict[str, Any]
    moved_frames: int
    patches: PatchSet
    facts: dict[str, Any]


def draw(
    request: DraftRequest,
    clock: Clock,
    settings: dict[str, Any],
    moved_frames: int,
    create: EngineFactory,
) -> Drawing:
    """Draw a cut; its avatar is baked again where the settings ask for another one.

    Args:
        request: The draft that is made.
        clock: The cut's frames.
        settings: The engine's settings.
        moved_frames: How much sooner (+) the lips are drawn, in frames of 25 fps.
        create: Builds the engine.

    Returns:
        The drawing.
    """
    kept = {key: value for key, value in settings.items() if key not in request.runtime_options}
    chosen = kept | request.runtime_options
    engine = create(read_settings(request.engine, chosen))
    speech = Speech.load(request.speech)
    heard = replace(speech, start=speech.start + moved_frames * SAMPLE_RATE // SHIFT_RATE)
    with tempfile.TemporaryDirectory() as folder:
        avatar = request.avatar
        if any(chosen[key] != value for key, value in request.baked.items()):
            avatar = Path(folder) / "avatar.zip"
            source = clock.source
            bake_avatar(
                request.mezzanine, source, request.track, request.engine, chosen, avatar, create
            )
        patches = engine.render(avatar, heard, clock)
        return Drawing(kept, moved_frames, patches, engine.facts(avatar))
