"""Stage `bake`: make the avatar of a cut, which is all that an engine needs of it.

The avatar does not depend on the language.
"""

from functools import partial
from pathlib import Path
from typing import Any

from ..core.faults import FaultValues, cut_stage
from ..core.files import atomic, write_json
from ..core.timeline import Clock
from ..engines.base import EngineFactory
from ..engines.registry import create_engine, read_settings
from ..faces.track import Track
from ..media.decode import read_rgb
from ..media.mezzanine import cut_clock
from .requests import BakeRequest


def _no_avatar(request: BakeRequest, fault: FaultValues) -> None:
    """Write the fault in place of an avatar; the draft reads it."""
    write_json(request.avatar, {"fault": fault})


@cut_stage(on_fault=_no_avatar)
def bake(request: BakeRequest, create: EngineFactory = create_engine) -> None:
    """Bake a cut's avatar, an empty file if the cut has no face to redraw.

    Args:
        request: The cut, the engine and the output.
        create: Builds the engine.
    """
    bake_avatar(
        request.mezzanine,
        cut_clock(request.mezzanine, request.cut),
        Track.load(request.track, request.face),
        request.engine,
        request.settings | request.runtime_options,
        request.avatar,
        create,
    )


def bake_avatar(
    mezzanine: Path,
    clock: Clock,
    face: Track,
    engine: str,
    settings: dict[str, Any],
    avatar: Path,
    create: EngineFactory = create_engine,
) -> None:
    """Bake the avatar of a range of frames, an empty file if there is no face to redraw.

    Args:
        mezzanine: The video's mezzanine.
        clock: The frames of the cut in the mezzanine.
        face: The track of the face that speaks; may be empty.
        engine: The engine's name.
        settings: The engine's settings.
        avatar: The output file.
        create: Builds the engine.
    """
    if not face.frames:
        with atomic(avatar) as temporary:
            temporary.touch()
        return
    chosen = read_settings(engine, settings)
    maker = create(chosen)
    region = partial(maker.region, face)
    pictures = read_rgb(mezzanine, clock, threads=chosen.cores, region=region)
    maker.prepare(pictures, face, avatar)
