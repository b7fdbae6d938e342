"""Enhance drafts where that is worth it: flicker is smoothed, close-ups are restored.

An enhanced draft is a draft: the same three files, which all later stages read in place of the
draft's. It is scored again; where the lips lost their sync, the enhancement is taken back.
"""

import logging
import shutil
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.speech import Speech
from ..config.enhance import Enhance
from ..core.faults import FaultValues, cut_stage
from ..core.files import atomic, digest, read_json, write_json
from ..core.timeline import Clock
from ..faces.landmarks import BROW, CHIN
from ..faces.track import Track
from ..media.mezzanine import cut_clock
from ..patches.deflicker import deflickered
from ..patches.patch_set import PatchSet, load, save
from ..patches.quality import flicker, sharpness
from ..patches.restore import refined, restored
from ..scorers.settings import GateLimits
from ..scorers.verdict import RANK, judge
from .requests import EnhanceRequest
from .score import score_patches

log = logging.getLogger(__name__)

SMOOTH, RESTORE = "smoothed", "restored"
"""The steps, as a row names them."""


def _not_enhanced(request: EnhanceRequest, fault: FaultValues) -> None:
    """Leave the draft as it is, without a score, and the fault in its row."""
    _hand_on(request.draft.patches, request.enhanced.patches)
    write_json(request.enhanced.score, {})
    write_json(request.enhanced.row, read_json(request.draft.row) | {"fault": fault})


@cut_stage(on_fault=_not_enhanced)
def enhance(request: EnhanceRequest) -> None:
    """Write the enhanced draft of a cut; where nothing is done, or kept, it is the draft's copy.

    Its row gets `enhancement`: JSON {"steps", "reverted", "reasons", "settings", "weights", "code",
    "packages"}, and of what was done "before" and "after", each {"confidence", "sharpness",
    "flicker"}. `draft`, the key, is another one where the patches are.

    Args:
        request: What to enhance, and how.
    """
    chosen = Enhance.model_validate(request.settings)
    clock = cut_clock(request.mezzanine, request.cut, request.source_cut, request.reversed)
    patches, row = load(request.draft.patches), read_json(request.draft.row)
    before = score = read_json(request.draft.score)
    facts: dict[str, Any] = {"steps": [], "reverted": False, "reasons": []}
    if "fault" not in before and (patches.alpha > 0).any():
        track = Track.load(request.track).at(clock.frame_order)
        facts["steps"], facts["reasons"] = planned(track, chosen, request.final)
    kept = None
    if facts["steps"]:
        better = apply(facts["steps"], request.mezzanine, clock, track, patches, chosen)
        speech = Speech.load(request.speech)
        after = score_patches(request.mezzanine, clock, track, better, speech, request.scorer)
        lost = losses(
            before,
            after,
            chosen.max_drop,
            GateLimits.model_validate(request.limits),
            read_json(request.source)["score"] if request.source else None,
        )
        same = refined(patches, len(better.pixels[0]) // len(patches.pixels[0]))
        facts |= {"before": _looks(same, before), "after": _looks(better, after)}
        facts |= {"reverted": bool(lost), "reasons": facts["reasons"] + lost}
        if not lost:
            kept, score = better, after | {"packages": request.packages}
    log.info("%s", facts)
    if kept is None:
        _hand_on(request.draft.patches, request.enhanced.patches)
    else:
        save(kept.cropped(), request.enhanced.patches)
        row["draft"] = digest([row["draft"], facts["steps"], request.code, *_values(request)])[:12]
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


def apply(
    steps: list[str],
    mezzanine: Path,
    clock: Clock,
    track: Track,
    patches: PatchSet,
    chosen: Enhance,
) -> PatchSet:
    """Take some steps.

    Args:
        steps: `SMOOTH`, `RESTORE`.
        mezzanine: The video's mezzanine.
        clock: The cut's frames.
        track: The cut's face.
        patches: The draft's patches.
        chosen: The config section.

    Returns:
        The patches after these steps.
    """
    if SMOOTH in steps:
        patches = deflickered(patches, chosen.smooth_s * float(clock.rate))
    if RESTORE in steps:
        from ..core.gpus import occupied_gpu
        from ..patches.gfpgan import Gfpgan  # without a restorer, torch is not loaded

        with occupied_gpu("enhance") if chosen.device != "cpu" else nullcontext():
            network = Gfpgan(chosen.device, chosen.batch_faces)
            patches = restored(mezzanine, clock, track, patches, network, chosen.strength)
    return patches


def losses(
    before: dict[str, Any],
    after: dict[str, Any],
    max_drop: float,
    limits: GateLimits,
    source: dict[str, Any] | None,
) -> list[str]:
    """Decide whether an enhancement is taken back.

    Where the gate does not judge the draft, its score says nothing, and neither does a drop of it.

    Args:
        before: The draft's score.
        after: The enhanced draft's.
        max_drop: Largest share of the confidence that it may cost.
        limits: The gate's.
        source: The source's own score, where drafts are judged by it.

    Returns:
        Why it is taken back, as reasons; none where it stays.
    """
    was, now = (judge(score, limits, source)[0] for score in (before, after))
    if was == "unjudged":
        return []
    had = max(before["confidence"], 0.0)
    drop = before["confidence"] - after["confidence"]
    if drop > max_drop * had:
        return [f"sync_lost={drop / had if had else 1.0:.3f}"]
    if RANK.index(now) < RANK.index(was):
        return [f"verdict_lost={after['confidence']:.3f}"]
    return []


def _hand_on(patches: Path, target: Path) -> None:
    with atomic(target) as temporary:
        shutil.copyfile(patches, temporary)


def _looks(patches: PatchSet, score: dict[str, Any]) -> dict[str, float]:
    found = {"sharpness": sharpness(patches), "flicker": flicker(patches)}
    return {key: round(value, 3) for key, value in found.items()} | {
        "confidence": round(score["confidence"], 4)
    }


def _values(request: EnhanceRequest) -> list[Any]:
    """What changes the pixels, of settings and versions."""
    settings = request.settings
    return [settings["smooth_s"], settings["strength"], request.weights, request.packages]
