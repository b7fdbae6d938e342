"""Retries: a draft that the gate would not pass is drawn again, and the best one is kept.

The first retry moves the lips by the offset that was measured. The next ones use other presets of
the engine, until a draft passes. A move that did not help is not kept.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..audio.speech import Speech
from ..core.files import temporary_folder
from ..core.timeline import Clock
from ..engines.base import EngineFactory
from ..faces.track import Track
from ..patches.patch_set import PatchReader
from ..scorers.settings import DraftLimits
from ..scorers.source_score import read_source_score
from ..scorers.verdict import RANK, judge_draft
from .drawing import Drawing, draw
from .requests import DraftRequest, RetryPolicy
from .score import score_patches

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attempt:
    """A drawing and the gate's verdict on it.

    Attributes:
        drawing: The drawing.
        score: Its score, as stage `score` writes it.
        verdict: The gate's verdict.
    """

    drawing: Drawing
    score: dict[str, Any]
    verdict: str

    @property
    def rank(self) -> tuple[int, float]:
        """A sort key: higher is better."""
        return RANK.index(self.verdict), self.score["confidence"]

    @property
    def row(self) -> dict[str, Any]:
        """The attempt as JSON values, for the draft's row."""
        return {
            "preset": self.drawing.settings.get("preset", ""),
            "moved_frames": self.drawing.moved_frames,
            "gate": self.verdict,
            "confidence": round(self.score["confidence"], 4),
            "offset_frames": self.score["offset_frames"],
        }


@dataclass(frozen=True)
class Judge:
    """How the attempts at a cut are judged.

    Attributes:
        policy: The retry policy, with the scorer and its limits.
        limits: The same limits, validated.
        source: The source's own score, if drafts are judged by it.
    """

    policy: RetryPolicy
    limits: DraftLimits
    source: dict[str, Any] | None


def best_of(
    request: DraftRequest, policy: RetryPolicy, clock: Clock, create: EngineFactory
) -> tuple[Drawing, list[dict[str, Any]]]:
    """Draw a cut, and draw it again until the gate would pass the draft. Write the best draft.

    Args:
        request: The request of the draft.
        policy: The retry policy.
        clock: The cut's frames.
        create: Builds the engine.

    Returns:
        The best drawing, and the rows of all attempts, in the order of the attempts.
    """
    source = read_source_score(request.source, request.face)
    by = Judge(policy, DraftLimits.model_validate(policy.limits), source)
    with temporary_folder(request.patches) as folder:
        best = _attempt(request, by, clock, request.settings, 0, folder / "0.zip", create)
        rows = [best.row]
        for variants in (_moved, _presets):
            for settings, moved_frames in variants(best, request, by):
                if best.verdict in ("pass", "unjudged"):
                    break
                patches = folder / f"{len(rows)}.zip"
                tried = _attempt(request, by, clock, settings, moved_frames, patches, create)
                rows.append(tried.row)
                log.info("tried %s", tried.row)
                best = max(best, tried, key=lambda attempt: attempt.rank)
        best.drawing.patches.replace(request.patches)
    return replace(best.drawing, patches=request.patches), rows


def _moved(best: Attempt, request: DraftRequest, by: Judge) -> Iterator[tuple[dict[str, Any], int]]:
    """The same settings, with the lips moved by the measured offset."""
    offset = best.score["offset_frames"]
    if by.policy.correct_offset and abs(offset) > by.limits.max_offset_frames:
        yield best.drawing.settings, offset


def _presets(
    best: Attempt, request: DraftRequest, by: Judge
) -> Iterator[tuple[dict[str, Any], int]]:
    """Other presets, with the lips moved as in the best attempt so far."""
    for settings in by.policy.presets:
        if settings.get("preset") != request.settings.get("preset"):
            yield settings, best.drawing.moved_frames


def _attempt(
    request: DraftRequest,
    by: Judge,
    clock: Clock,
    settings: dict[str, Any],
    moved_frames: int,
    patches: Path,
    create: EngineFactory,
) -> Attempt:
    drawing = draw(request, clock, settings, moved_frames, patches, create)
    score = score_patches(
        request.mezzanine,
        clock,
        Track.load(request.track, request.face).at(clock.frame_order),
        PatchReader(patches),
        Speech.load(request.speech),
        by.policy.scorer,
    )
    return Attempt(drawing, score, judge_draft(score, by.limits, by.source)[0])
