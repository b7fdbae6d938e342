"""Draft a cut: its avatar driven by its speech, as a patch set; and the row about it."""

from typing import Any

from ..core.faults import FaultValues, cut_stage, fault_in
from ..core.files import digest, sha256, write_json
from ..engines.base import EngineFactory
from ..engines.registry import create_engine
from ..faces.track import Track
from ..media.mezzanine import cut_clock
from ..patches.patch_set import write_patches
from .drawing import Drawing, draw
from .requests import DraftRequest


def _no_draft(request: DraftRequest, fault: FaultValues) -> None:
    """Leave an empty patch set, and the fault in the row."""
    write_json(request.row, _row(request, _nothing(request), [], "") | {"fault": fault})


@cut_stage(on_fault=_no_draft)
def draft(request: DraftRequest, create: EngineFactory = create_engine) -> None:
    """Draw a cut's mouths to fit its speech; an empty patch set where there is no face to redraw.

    The row is JSON {"engine", "weights", "code", "packages", "settings", "moved_frames", "facts",
    "attempts", "draft"}. `draft` is the key of the result: 12 hex digits of the SHA-256 of what
    went into it. `attempts` says what was tried, where the draft may be retried. Where the bake
    left a fault, the row has it, and there is no draft.

    Args:
        request: What to draw, and how.
        create: Builds the engine.
    """
    fault = fault_in(request.avatar)
    if fault:
        _no_draft(request, fault)
        return
    if not Track.load(request.track).frames:
        write_json(request.row, _row(request, _nothing(request), [], ""))
        return
    clock = cut_clock(request.mezzanine, request.cut, request.source_cut, request.reversed)
    attempts: list[dict[str, Any]] = []
    if request.retry:
        from .retry import best_of  # the scorer's code is no part of a draft without retries

        drawing, attempts = best_of(request, request.retry, clock, create)
    else:
        drawing = draw(request, clock, request.settings, 0, request.patches, create)
    write_json(request.row, _row(request, drawing, attempts, _key(request, drawing)))


def _nothing(request: DraftRequest) -> Drawing:
    """Write an empty patch set."""
    write_patches(request.patches, (), request.engine)
    return Drawing(request.settings, 0, {}, request.patches)


def _key(request: DraftRequest, drawing: Drawing) -> str:
    files = [sha256(request.avatar), sha256(request.speech)]
    versions = [request.engine, request.weights, request.code, request.packages]
    return digest([*files, *versions, drawing.settings, drawing.moved_frames])[:12]


def _row(
    request: DraftRequest, drawing: Drawing, attempts: list[dict[str, Any]], key: str
) -> dict[str, Any]:
    return {
        "engine": request.engine,
        "weights": request.weights,
        "code": request.code,
        "packages": request.packages,
        "settings": drawing.settings,
        "moved_frames": drawing.moved_frames,
        "facts": drawing.facts,
        "attempts": attempts,
        "draft": key,
    }
