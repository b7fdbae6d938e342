"""Second chances: a draft that the gate would not pass is tried again, and the best is kept.

Tried are the same settings with the dub moved by the offset that was found, then other presets of
the engine, until one passes. An offset that did not help is let go.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..audio.speech import Speech
from ..engines.base import EngineFactory
from ..engines.registry import create_engine
from ..faces.track import Track
from ..project.settings import with_preset
from ..scorers.verdict import RANK, judge
from .draft import Drawn, Recipe, RetryPolicy, Scene, draw
from .score import score_patches

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attempt:
    """What was drawn, and what the gate says of it."""

    drawn: Drawn
    score: dict[str, Any]
    verdict: str

    @property
    def rank(self) -> tuple[int, float]:
        """More is better."""
        return RANK.index(self.verdict), self.score["confidence"]

    @property
    def row(self) -> dict[str, Any]:
        """What stands of it in the draft's row."""
        return {
            "preset": self.drawn.settings.get("preset", ""),
            "moved_frames": self.drawn.moved_frames,
            "gate": self.verdict,
            "confidence": round(self.score["confidence"], 4),
            "offset_frames": self.score["offset_frames"],
        }


def best_of(
    scene: Scene, recipe: Recipe, chances: RetryPolicy, make: EngineFactory = create_engine
) -> tuple[Drawn, list[dict[str, Any]]]:
    """The best of the attempts, and the rows of all, in the order in which they were made."""
    best = _attempt(scene, recipe, chances, recipe.settings, 0, make)
    rows = [best.row]
    for ladder in (_moved, _presets):
        for settings, moved_frames in ladder(best, recipe, chances):
            if best.verdict in ("pass", "unjudged"):
                break
            tried = _attempt(scene, recipe, chances, settings, moved_frames, make)
            rows.append(tried.row)
            log.info("tried %s", tried.row)
            best = max(best, tried, key=lambda attempt: attempt.rank)
    return best.drawn, rows


def _moved(
    best: Attempt, recipe: Recipe, chances: RetryPolicy
) -> Iterator[tuple[dict[str, Any], int]]:
    """The same settings with the lips moved by the offset that was found, in frames."""
    offset = best.score["offset_frames"]
    if chances.retry.correct_offset and abs(offset) > chances.gate.limits.max_offset_frames:
        yield best.drawn.settings, offset


def _presets(
    best: Attempt, recipe: Recipe, chances: RetryPolicy
) -> Iterator[tuple[dict[str, Any], int]]:
    """Other presets, with the lips where the best attempt so far has them."""
    for preset in chances.retry.presets:
        if preset != recipe.settings.get("preset"):
            settings = with_preset(recipe.engine, recipe.settings, preset)
            yield settings, best.drawn.moved_frames


def _attempt(
    scene: Scene,
    recipe: Recipe,
    chances: RetryPolicy,
    settings: dict[str, Any],
    moved_frames: int,
    make: EngineFactory,
) -> Attempt:
    drawn = draw(scene, recipe, settings, moved_frames, make)
    score = score_patches(
        scene.mezzanine,
        scene.clock,
        Track.load(scene.track).at(scene.clock.frame_order),
        drawn.patches,
        Speech.load(scene.speech),
        chances.gate.scorer,
    )
    return Attempt(drawn, score, judge(score, chances.gate, chances.source)[0])
