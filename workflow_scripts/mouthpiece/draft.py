"""The draft of a cut: its avatar driven by its speech, as a patch set; and the row about it."""

from pathlib import Path
from typing import Any

from .clock import Clock
from .engines import engine
from .files import digest, sha256, write_json
from .patches import PatchSet, save
from .settings import Engines
from .speech import Speech
from .track import Track


def draft(
    avatar: Path,
    track: Path,
    speech: Path,
    clock: Clock,
    engine_name: str,
    settings: dict[str, Any],
    code: str,
    patches: Path,
    row: Path,
) -> None:
    """Draw a cut's mouths to fit its speech; an empty patch set where the guard refused it.

    row: JSON {"engine", "settings", "code", "draft"}; `draft` is the key of the result: 12 hex
    digits of the SHA-256 of all that went into it.
    """
    if Track.load(track).frames:
        drawn = engine(engine_name, Engines.model_validate({engine_name: settings})).render(
            avatar, Speech.load(speech), clock
        )
        key = digest([sha256(avatar), sha256(speech), engine_name, settings, code])[:12]
    else:
        drawn, key = PatchSet.empty(engine_name), ""
    save(drawn, patches)
    write_json(row, {"engine": engine_name, "settings": settings, "code": code, "draft": key})
