"""Stage `draft`: draw the mouths of a cut to match its speech."""

from typing import Any

from ..core.faults import FaultValues, cut_stage, fault_in
from ..core.files import digest, sha256, write_json
from ..engines.base import EngineFactory
from ..engines.leaving import check_leaving
from ..engines.registry import create_engine
from ..faces.track import Track
from ..media.mezzanine import cut_clock
from ..patches.patch_set import write_patches
from .drawing import Drawing, draw
from .requests import DraftRequest


def _no_draft(request: DraftRequest, fault: FaultValues) -> None:
    """Write an empty patch set, and a row with the fault."""
    write_json(request.row, _row(request, _nothing(request), [], "") | {"fault": fault})


@cut_stage(on_fault=_no_draft)
def draft(request: DraftRequest, create: EngineFactory = create_engine) -> None:
    """Write the patch set of a cut, which is empty if there is no face to redraw, and its row.

    The row is JSON {"engine", "weights", "code", "packages", "settings", "moved_frames", "facts",
    "attempts", "draft"}. `draft` is the key of the result: 12 hex digits of the SHA-256 of all its
    inputs. `attempts` lists the attempts, if retries are on. If the bake failed with a fault, the
    row has that fault and the patch set is empty.

    Args:
        request: The cut, the engine and the outputs.
        create: Builds the engine.

    Raises:
        InputError: The engine sends pictures of people who did not allow it.
    """
    check_leaving(request.engine, request.video, request.may_leave)
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
        from .retry import best_of  # a draft without retries does not depend on the scorer

        drawing, attempts = best_of(request, request.retry, clock, create)
    else:
        drawing = draw(request, clock, request.settings, 0, request.patches, create)
    write_json(request.row, _row(request, drawing, attempts, _key(request, drawing)))


def _nothing(request: DraftRequest) -> Drawing:
    """Write an empty patch set."""
    write_patches(request.patches, (), request.engine)
    return Drawing(request.settings, 0, {}, request.patches)


def _key(request: DraftRequest, drawing: Drawing) -> str:
    files = [sha256(file) for file in (request.avatar, request.speech, request.track)]
    versions = [request.engine, request.weights, request.code, request.packages]
    return digest([*files, request.face, *versions, drawing.settings, drawing.moved_frames])[:12]


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
