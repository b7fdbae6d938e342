"""Drafts made better where that is worth it: flicker smoothed, close-ups restored.

An enhanced draft is a draft: the same three files, read in the place of the draft's by all that
comes after. It is scored again; where lips lost their sync, the enhancement is taken back.
"""

import logging
import shutil
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.speech import Speech
from ..config.enhance import Enhance
from ..core.files import atomic, digest, read_json, write_json
from ..core.timeline import Clock
from ..faces.landmarks import BROW, CHIN
from ..faces.track import Track
from ..patches.deflicker import deflickered
from ..patches.patch_set import PatchSet, load, save
from ..patches.quality import flicker, sharpness
from ..patches.restore import refined, restored
from ..project.settings import Gate
from ..scorers.verdict import RANK, judge
from .score import score_patches

log = logging.getLogger(__name__)

SMOOTH, RESTORE = "smoothed", "restored"
"""The steps, as they stand in a row."""


@dataclass(frozen=True)
class Draft:
    """A draft's files: its patch set, its row, its score."""

    patches: Path
    row: Path
    score: Path


@dataclass(frozen=True)
class Scene:
    """The files of the cut that a draft is enhanced in."""

    mezzanine: Path
    clock: Clock
    track: Path
    speech: Path


@dataclass(frozen=True)
class Recipe:
    """How a cut is enhanced.

    final: whether a person marked it for the final tier. gate: by whose measure it is scored.
    source: the source's own score, where drafts are judged by it. weights, code: the versions of
    the network's weights and of the code of the steps.
    """

    settings: Enhance
    final: bool
    gate: Gate
    source: dict[str, Any] | None
    weights: str
    code: str


def enhance(scene: Scene, draft: Draft, recipe: Recipe, enhanced: Draft) -> None:
    """Write the enhanced draft of a cut; where nothing is done, or kept, it is the draft's copy.

    Its row gets `enhancement`: JSON {"steps", "reverted", "reasons", "settings", "weights",
    "code"}, and of what was done "before" and "after", each {"confidence", "sharpness", "flicker"}.
    `draft`, the key, is another one where the patches are.
    """
    patches, row = load(draft.patches), read_json(draft.row)
    before = score = read_json(draft.score)
    facts: dict[str, Any] = {"steps": [], "reverted": False, "reasons": []}
    if "fault" not in before and (patches.alpha > 0).any():
        track = Track.load(scene.track).at(scene.clock.frame_order)
        facts["steps"], facts["reasons"] = planned(track, recipe)
    kept = None
    if facts["steps"]:
        better = apply(facts["steps"], scene, track, patches, recipe.settings)
        speech, scorer = Speech.load(scene.speech), recipe.gate.scorer
        after = score_patches(scene.mezzanine, scene.clock, track, better, speech, scorer)
        lost = losses(before, after, recipe)
        same = refined(patches, len(better.pixels[0]) // len(patches.pixels[0]))
        facts |= {"before": _looks(same, before), "after": _looks(better, after)}
        facts |= {"reverted": bool(lost), "reasons": facts["reasons"] + lost}
        if not lost:
            kept, score = better, after
    log.info("%s", facts)
    if kept is None:
        _hand_on(draft.patches, enhanced.patches)
    else:
        save(kept.cropped(), enhanced.patches)
        row["draft"] = digest([row["draft"], facts["steps"], recipe.code, *_values(recipe)])[:12]
    versions = {"weights": recipe.weights, "code": recipe.code}
    row["enhancement"] = facts | {"settings": recipe.settings.model_dump()} | versions
    write_json(enhanced.score, score)
    write_json(enhanced.row, row)


def forgo(fault: dict[str, Any], draft: Draft, enhanced: Draft) -> None:
    """Leave the outcome of a cut that a fault keeps from being enhanced: the draft, not scored."""
    _hand_on(draft.patches, enhanced.patches)
    write_json(enhanced.score, {})
    write_json(enhanced.row, read_json(draft.row) | {"fault": fault})


def planned(track: Track, recipe: Recipe) -> tuple[list[str], list[str]]:
    """The steps that a cut gets, in their order; and why not all of them, as reasons."""
    chosen = recipe.settings
    heights = np.linalg.norm(track.points[:, CHIN] - track.points[:, BROW], axis=1)
    face_px = float(np.median(heights))
    near = recipe.final or face_px >= chosen.close_up_px
    asked = {"off": False, "final": recipe.final, "close_ups": near, "all": True}
    here = asked[chosen.mode]
    steps = [SMOOTH] if here and chosen.smooth_s > 0 else []
    steps += [RESTORE] if here and asked[chosen.restore] else []
    counts = "close_ups" in (chosen.mode, chosen.restore)
    return steps, [f"no_close_up={face_px:.0f}"] if counts and not near else []


def apply(
    steps: list[str], scene: Scene, track: Track, patches: PatchSet, chosen: Enhance
) -> PatchSet:
    """A cut's patches after these steps."""
    if SMOOTH in steps:
        patches = deflickered(patches, chosen.smooth_s * float(scene.clock.rate))
    if RESTORE in steps:
        from ..patches.gfpgan import Gfpgan  # nothing else of this stage takes torch's time to load
        from ..worker.gpus import occupied_gpu as occupied

        with occupied("enhance") if chosen.device != "cpu" else nullcontext():
            network = Gfpgan(chosen.device, chosen.batch_faces)
            patches = restored(
                scene.mezzanine, scene.clock, track, patches, network, chosen.strength
            )
    return patches


def losses(before: dict[str, Any], after: dict[str, Any], recipe: Recipe) -> list[str]:
    """Why an enhancement is taken back, as reasons; none where it stays.

    Where the gate does not judge the draft, its score says nothing, and neither does a drop of it.
    """
    was, now = (judge(score, recipe.gate, recipe.source)[0] for score in (before, after))
    if was == "unjudged":
        return []
    had = max(before["confidence"], 0.0)
    drop = before["confidence"] - after["confidence"]
    if drop > recipe.settings.max_drop * had:
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


def _values(recipe: Recipe) -> list[Any]:
    """What changes the pixels, of settings and weights."""
    return [recipe.settings.smooth_s, recipe.settings.strength, recipe.weights]
