"""Enhance drafts where that is worth it: flicker is smoothed, close-ups are restored.

An enhanced draft is a draft: the same three files, which all later stages read in place of the
draft's. It is scored and measured again; where the lips lost their sync, where the face flickers
more or is less the person's own, the enhancement is taken back.
"""

import logging
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.speech import Speech
from ..config.enhance import Enhance
from ..core.copies import copy_whole
from ..core.faults import FaultValues, cut_stage
from ..core.files import digest, read_json, temporary_folder, write_json
from ..core.timeline import Clock
from ..faces.landmarks import BROW, CHIN
from ..faces.track import Track
from ..media.mezzanine import cut_clock
from ..patches.alignment import STEADY_S, alignment
from ..patches.comparison import Embed, Figures, compare
from ..patches.deflicker import deflickered
from ..patches.patch import Patch
from ..patches.patch_set import PatchReader, write_patches
from ..patches.quality import measure_quality
from ..patches.restore import Restoration, fineness, refined, restored
from ..scorers.losses import losses
from ..scorers.settings import DraftLimits
from ..scorers.source_score import read_source_score
from .requests import EnhanceRequest
from .score import score_patches

log = logging.getLogger(__name__)

LEAST_WARP_ERROR = 0.01
"""A draft that flickers by less is taken to flicker by so much, as a share of its contrast."""

DECIMALS = 3
"""Of the figures in a row."""

SMOOTH, RESTORE = "smoothed", "restored"
"""The steps, as a row names them."""


def _not_enhanced(request: EnhanceRequest, fault: FaultValues) -> None:
    """Leave the draft as it is, without a score, and the fault in its row."""
    copy_whole(request.draft.patches, request.enhanced.patches)
    write_json(request.enhanced.score, {})
    write_json(request.enhanced.row, read_json(request.draft.row) | {"fault": fault})


@cut_stage(on_fault=_not_enhanced)
def enhance(request: EnhanceRequest) -> None:
    """Write the enhanced draft of a cut; where nothing is done, or kept, it is the draft's copy.

    Its row gets `enhancement`: JSON {"steps", "reverted", "reasons", "settings", "weights", "code",
    "packages"}, and of what was done "before" and "after", each {"confidence", "sharpness",
    "flicker", "warp_error", "identity_distance"}; "halved_to" where memory ran out. `draft`, the
    key, is another one where the patches are.

    Args:
        request: What to enhance, and how.
    """
    chosen = Enhance.model_validate(request.settings)
    chosen = chosen.model_copy(update={"threads": min(chosen.threads, request.threads)})
    clock = cut_clock(request.mezzanine, request.cut, request.source_cut, request.reversed)
    draft, row = PatchReader(request.draft.patches), read_json(request.draft.row)
    before = score = read_json(request.draft.score)
    facts: dict[str, Any] = {"steps": [], "reverted": False, "reasons": []}
    if "fault" not in before and (draft.alpha > 0).any():
        track = Track.load(request.track, request.face).at(clock.frame_order)
        facts["steps"], facts["reasons"] = planned(track, chosen, request.final)
    kept = False
    with temporary_folder(request.enhanced.patches) as folder:
        if facts["steps"]:
            better = folder / "enhanced.zip"
            factor, shortage = take_steps(
                facts["steps"], request.mezzanine, clock, track, draft, chosen, better
            )
            made = PatchReader(better)
            after = _score(request, clock, track, better)
            embed = _embedding() if RESTORE in facts["steps"] else None
            drawn, changed = compare(
                request.mezzanine, clock, track, [draft, made], embed, chosen.threads
            )
            lost = _losses(request, chosen, before, after)
            lost += picture_losses(drawn, changed, chosen)
            same = (refined(patch, factor) for patch in draft)
            facts["before"] = _looks(same, before, drawn)
            facts["after"] = _looks(made, after, changed)
            facts |= {"reverted": bool(lost), "reasons": facts["reasons"] + lost} | shortage
            kept = not lost
        log.info("%s", facts)
        if kept:
            better.replace(request.enhanced.patches)
            score = after | {"packages": request.packages}
            row["draft"] = _enhanced_key(row["draft"], facts["steps"], request)
            if "stands_for" in row:  # whoever approved the draft saw it enhanced, or as it was
                known = row["stands_for"]
                enhanced = [_enhanced_key(key, facts["steps"], request) for key in known]
                row["stands_for"] = [*known, *enhanced]
        else:
            copy_whole(request.draft.patches, request.enhanced.patches)
    versions = {
        "weights": request.weights,
        "code": request.code,
        "packages": request.packages,
    }
    row["enhancement"] = facts | {"settings": request.settings} | versions
    write_json(request.enhanced.score, score)
    write_json(request.enhanced.row, row)


def planned(track: Track, chosen: Enhance, final: bool) -> tuple[list[str], list[str]]:
    """Decide what is done with a cut.

    Args:
        track: The cut's face.
        chosen: The config section.
        final: Whether a reviewer marked the cut for the final tier.

    Returns:
        The steps in their order; and why not all of them, as reasons.
    """
    heights = np.linalg.norm(track.points[:, CHIN] - track.points[:, BROW], axis=1)
    face_px = float(np.median(heights))
    near = final or face_px >= chosen.close_up_px
    asked = {"off": False, "final": final, "close_ups": near, "all": True}
    here = asked[chosen.mode]
    steps = [SMOOTH] if here and chosen.smooth_s > 0 else []
    steps += [RESTORE] if here and asked[chosen.restore] else []
    counts = "close_ups" in (chosen.mode, chosen.restore)
    return steps, [f"no_close_up={face_px:.0f}"] if counts and not near else []


def take_steps(
    steps: list[str],
    mezzanine: Path,
    clock: Clock,
    track: Track,
    draft: PatchReader,
    chosen: Enhance,
    path: Path,
) -> tuple[int, dict[str, Any]]:
    """Enhance a draft, a few frames at a time.

    Args:
        steps: `SMOOTH`, `RESTORE`.
        mezzanine: The video's mezzanine.
        clock: The cut's frames.
        track: The cut's face.
        draft: The draft's patches, of which some are drawn.
        chosen: The config section.
        path: The patch set to write.

    Returns:
        How many times finer the patches are than the draft's; and what is to be said of the
        restorer: `Gfpgan.facts`.
    """
    patches: Iterable[Patch] = draft
    if SMOOTH in steps:
        patches = deflickered(patches, chosen.smooth_s * float(clock.rate))
    if RESTORE not in steps:
        write_patches(path, patches, draft.engine)
        return 1, {}
    from ..core.gpus import occupied_gpu
    from ..networks.restorer import load_restorer  # without a restorer, torch is not loaded

    drawn = draft.alpha > 0
    places = alignment(track.points, STEADY_S * float(clock.rate))
    factor = fineness(draft.affine[drawn], places[drawn])
    with occupied_gpu("enhance") if chosen.device != "cpu" else nullcontext():
        network = load_restorer(chosen.device, chosen.batch_faces)
        how = Restoration(places, factor, network, chosen.strength)
        finer = restored(mezzanine, clock, patches, how, chosen.threads)
        write_patches(path, finer, draft.engine)
    return factor, network.facts()


def _score(request: EnhanceRequest, clock: Clock, track: Track, patches: Path) -> dict[str, Any]:
    speech = Speech.load(request.speech)
    return score_patches(
        request.mezzanine, clock, track, PatchReader(patches), speech, request.scorer
    )


def _losses(
    request: EnhanceRequest, chosen: Enhance, before: dict[str, Any], after: dict[str, Any]
) -> list[str]:
    source = read_source_score(request.source, request.face)
    limits = DraftLimits.model_validate(request.limits)
    return losses(before, after, chosen.max_drop, limits, source)


def picture_losses(before: Figures, after: Figures, chosen: Enhance) -> list[str]:
    """Decide whether an enhancement is taken back for what it did to the picture.

    Warp errors are compared as finely as a row has them.

    Args:
        before: The figures of the draft.
        after: Those of what came of it.
        chosen: The config section.

    Returns:
        Why it is taken back, as reasons; none where it stays.
    """
    reasons = []
    if before.warp_error is not None and after.warp_error is not None:
        was, now = round(before.warp_error, DECIMALS), round(after.warp_error, DECIMALS)
        gain = now / max(was, LEAST_WARP_ERROR) - 1
        reasons += [f"flicker_gained={gain:.3f}"] if gain > chosen.max_flicker_gain else []
    if before.identity_distance is not None and after.identity_distance is not None:
        loss = after.identity_distance - before.identity_distance
        reasons += [f"identity_lost={loss:.3f}"] if loss > chosen.max_identity_loss else []
    return reasons


def _embedding() -> Embed:
    """What tells people apart; only restoring can change whose face it is."""
    from ..faces.embedding import FaceEmbedding  # without a restorer, torch is not loaded

    return FaceEmbedding()


def _looks(patches: Iterable[Patch], score: dict[str, Any], figures: Figures) -> dict[str, Any]:
    found = asdict(measure_quality(patches)) | asdict(figures)
    rounded = {k: value if value is None else round(value, DECIMALS) for k, value in found.items()}
    return rounded | {"confidence": round(score["confidence"], 4)}


def _enhanced_key(key: str, steps: list[str], request: EnhanceRequest) -> str:
    """The key of a draft with this key, once it is enhanced."""
    return digest([key, steps, request.code, *_values(request)])[:12]


def _values(request: EnhanceRequest) -> list[Any]:
    """What changes the pixels, of settings and versions."""
    settings = request.settings
    return [settings["smooth_s"], settings["strength"], request.weights, request.packages]
