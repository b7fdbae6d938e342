"""The draft of a cut: its avatar driven by its speech, as a patch set; and the row about it."""

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..audio.speech import SAMPLE_RATE, Speech
from ..config.retry import Retry
from ..core.faults import fault_in
from ..core.files import digest, sha256, write_json
from ..core.timeline import Clock
from ..engines.base import EngineFactory
from ..engines.registry import create_engine
from ..faces.track import Track
from ..patches.patch_set import PatchSet, save
from ..project.settings import Engines, Gate
from .bake import bake

SHIFT_RATE = 25
"""Frames/s in which lips are moved against their sound, as the judges count offsets."""


@dataclass(frozen=True)
class Scene:
    """The files that a cut is drafted from."""

    mezzanine: Path
    clock: Clock
    avatar: Path
    track: Path
    speech: Path


@dataclass(frozen=True)
class Recipe:
    """How a cut is drafted.

    engine: its name. settings: its values. baked: those that the avatar was baked with. weights,
    code: the versions of what the engine loads and of its code. neutral: the engine's settings
    that change no result, of which nothing is kept.
    """

    engine: str
    settings: dict[str, Any]
    baked: dict[str, Any]
    weights: str
    code: str
    neutral: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RetryPolicy:
    """Second chances, and the gate by whose measure they are given: see `retry`.

    source: the score of the source's picture with its own sound, where the gate looks at it.
    """

    retry: Retry
    gate: Gate
    source: dict[str, Any] | None = None


@dataclass(frozen=True)
class Drawn:
    """A cut drawn in one way.

    moved_frames: how much sooner (+) than asked for the lips are drawn, in frames of 25 fps.
    facts: what the engine says of the avatar.
    """

    settings: dict[str, Any]
    moved_frames: int
    patches: PatchSet
    facts: dict[str, Any]


def draft(
    scene: Scene,
    recipe: Recipe,
    chances: RetryPolicy | None,
    patches: Path,
    row: Path,
    make: EngineFactory = create_engine,
) -> None:
    """Draw a cut's mouths to fit its speech; an empty patch set where the guard refused it.

    row: JSON {"engine", "weights", "code", "settings", "moved_frames", "facts", "attempts",
    "draft"}; `draft` is the key of the result: 12 hex digits of the SHA-256 of all that went into
    it. attempts: what was tried, where there are second chances. Where the bake left a fault, that
    stands in the row, and there is no draft.
    """
    drawn = Drawn(recipe.settings, 0, PatchSet.empty(recipe.engine), {})
    attempts: list[dict[str, Any]] = []
    key = ""
    fault = fault_in(scene.avatar)
    if fault:
        forgo(fault, recipe, patches, row)
        return
    if Track.load(scene.track).frames:
        if chances:
            from .retry import best_of  # the gate's code is no part of a draft without it

            drawn, attempts = best_of(scene, recipe, chances, make)
        else:
            drawn = draw(scene, recipe, recipe.settings, make=make)
        files = [sha256(scene.avatar), sha256(scene.speech)]
        versions = [recipe.engine, recipe.weights, recipe.code]
        key = digest([*files, *versions, drawn.settings, drawn.moved_frames])[:12]
    save(drawn.patches.cropped(), patches)
    write_json(row, _row(recipe, drawn, attempts, key))


def forgo(fault: dict[str, Any], recipe: Recipe, patches: Path, row: Path) -> None:
    """Leave the outcome of a cut that a fault keeps from being drafted: an empty patch set."""
    drawn = Drawn(recipe.settings, 0, PatchSet.empty(recipe.engine), {})
    save(drawn.patches, patches)
    write_json(row, _row(recipe, drawn, [], "") | {"fault": fault})


def _row(recipe: Recipe, drawn: Drawn, attempts: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return {
        "engine": recipe.engine,
        "weights": recipe.weights,
        "code": recipe.code,
        "settings": drawn.settings,
        "moved_frames": drawn.moved_frames,
        "facts": drawn.facts,
        "attempts": attempts,
        "draft": key,
    }


def draw(
    scene: Scene,
    recipe: Recipe,
    settings: dict[str, Any],
    moved_frames: int = 0,
    make: EngineFactory = create_engine,
) -> Drawn:
    """Draw a cut with these settings of the engine; baked anew where they ask for it."""
    kept = {key: value for key, value in settings.items() if key not in recipe.neutral}
    chosen = kept | recipe.neutral
    artist = make(recipe.engine, Engines.model_validate({recipe.engine: chosen}))
    speech = Speech.load(scene.speech)
    heard = replace(speech, start=speech.start + moved_frames * SAMPLE_RATE // SHIFT_RATE)
    with tempfile.TemporaryDirectory() as folder:
        avatar = scene.avatar
        if any(chosen[key] != value for key, value in recipe.baked.items()):
            avatar = Path(folder) / "avatar.zip"
            cut = scene.clock.source
            bake(scene.mezzanine, cut, scene.track, recipe.engine, chosen, avatar, make)
        patches = artist.render(avatar, heard, scene.clock)
        return Drawn(kept, moved_frames, patches, artist.facts(avatar))
