"""The avatar of a cut: what an engine needs of it that no language changes."""

from pathlib import Path
from typing import Any

from ..core.files import atomic, write_json
from ..core.timeline import Clock
from ..engines.base import EngineFactory
from ..engines.registry import create_engine
from ..faces.track import Track
from ..media.decode import read_rgb
from ..project.settings import Engines


def bake(
    mezzanine: Path,
    clock: Clock,
    track: Path,
    engine_name: str,
    settings: dict[str, Any],
    avatar: Path,
    make: EngineFactory = create_engine,
) -> None:
    """Bake a cut's avatar; an empty file where the guard refused the cut."""
    face = Track.load(track)
    if face.frames:
        chosen = Engines.model_validate({engine_name: settings})
        pictures = read_rgb(mezzanine, clock, threads=chosen.of(engine_name).cores)
        make(engine_name, chosen).prepare(pictures, face, avatar)
    else:
        with atomic(avatar) as temporary:
            temporary.touch()


def forgo(fault: dict[str, Any], avatar: Path) -> None:
    """Leave the fault in place of an avatar; what drafts from it finds it there."""
    write_json(avatar, {"fault": fault})
