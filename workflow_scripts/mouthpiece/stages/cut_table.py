"""Stage `cut_table`: everything that is known of each cut of a film, cuts.tsv.

The column `decision` says what a reviewer decided and whether it holds:

- `approve`: the draft it was made on is delivered. `stale approve`: the cut has another draft by
  now. `moot approve`: there is no draft.
- `passthrough`: the original is delivered, whatever the draft. `carried passthrough`: the same, by
  a decision on an earlier cut with these frames, whose id is in `carried_from`.
- `done retry`: the cut was drafted as asked for. `moot retry`: it could not be.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..core.cut_table import CutRow, write_rows
from ..core.faults import facts_of, fault_text
from ..scorers.picture_verdict import MEASURES
from ..scorers.settings import DraftLimits
from .gate import Judged

NO_DRAFT: Mapping[str, Any] = MappingProxyType(
    {
        "draft": "",
        "attempts": [],
        "moved_frames": 0,
        "settings": {},
        "facts": {},
        "weights": "",
        "code": "",
        "packages": {},
    }
)
"""What is known of the draft of a cut that may not be redrawn."""


def write_cut_table(
    cuts: Sequence[Judged],
    decisions: Mapping[str, Mapping[str, str]],
    engines: Mapping[str, str],
    limits: DraftLimits,
    table: Path,
) -> None:
    """Write everything that is known of a film's cuts.

    Args:
        cuts: The cuts of the film, as `stages.gate.judge_cuts` gives them.
        decisions: Cut id -> preset, tier and note, for all rows of the film in decisions.tsv.
        engines: Cut id -> the engine that config asks to redraw it; "*": that of all other cuts.
        limits: What the verdict on a draft depends on.
        table: cuts.tsv, to write.
    """
    write_rows(
        [_row(cut, decisions, engines.get(cut.cut.cut, engines["*"]), limits) for cut in cuts],
        table,
    )


def _row(
    judged: Judged,
    decisions: Mapping[str, Mapping[str, str]],
    engine: str,
    limits: DraftLimits,
) -> CutRow:
    cut, found = judged.cut, judged.found
    draft, source = {**NO_DRAFT, **found.draft}, found.speaker["score"]
    score = {} if found.fault else found.score
    own = decisions.get(cut.cut, {})
    refusal = decisions.get(judged.refused_cut, {})
    return CutRow(
        cut=cut.cut,
        first_frame=cut.first_frame,
        frames=cut.frames,
        guard=found.guard["verdict"],
        guard_reasons=";".join(judged.reasons),
        reported=";".join(judged.reported),
        speaker=found.speaker["verdict"],
        source_confidence=f"{source['confidence']:.4f}" if source else "",
        source_offset_frames=str(source["offset_frames"]) if source else "",
        engine=engine,
        fault=fault_text(found.fault),
        gate=judged.gate,
        gate_reasons=";".join(judged.gate_reasons),
        **_measured(score),
        **(_limits(score, limits) if score else {}),
        **_enhancement(draft),
        draft=draft["draft"],
        decision=judged.decision,
        carried_from=judged.refused_cut if judged.refused_cut != cut.cut else "",
        preset=own.get("preset", ""),
        tier=own.get("tier", ""),
        note=own.get("note", "") or refusal.get("note", ""),
        action=judged.action,
        reason=judged.reason,
        attempts=_json(draft["attempts"]),
        moved_frames=str(draft["moved_frames"] or ""),
        settings=_json(draft["settings"]),
        facts=_json(facts_of(draft) | _later_facts(draft)),
        weights=draft["weights"],
        code=draft["code"],
        packages=_json(draft.get("packages", {}) | score.get("packages", {})),
        **_final(draft),
        source_probability=f"{source['probability']:.4f}" if "probability" in source else "",
        second_face=_share(found.guard["measures"]["second_face"]),
        source_hearing=source.get("hearing", "bands") if "probability" in source else "",
    )


def _measured(score: dict[str, Any]) -> dict[str, str]:
    """A score as columns."""
    if not score:
        names = ("scorer", "confidence", "distance", "offset_frames", "speech_s", "silence_s")
        return dict.fromkeys((*names, *(measure.name for measure in MEASURES)), "")
    return {
        "scorer": score["scorer"],
        "confidence": f"{score['confidence']:.4f}",
        "distance": f"{score['distance']:.4f}",
        "offset_frames": str(score["offset_frames"]),
        "speech_s": f"{score['speech_s']:.2f}",
        "silence_s": _figure(score.get("silence_s")),
        **{measure.name: _figure(score.get(measure.name)) for measure in MEASURES},
    }


def _limits(score: dict[str, Any], limits: DraftLimits) -> dict[str, str]:
    """The limits of what was measured, as columns."""
    found: dict[str, float | None] = {"confidence": limits.passes_from(score["speech_s"])}
    for measure in MEASURES:
        if score.get(measure.name) is not None:
            found[measure.name] = measure.bound(score, limits.picture)
    return {f"{name}_limit": f"{limit:g}" for name, limit in found.items() if limit is not None}


def _figure(value: float | None) -> str:
    """A measure of the picture; empty where there is none."""
    return "" if value is None else f"{value:.3f}"


def _share(value: float) -> str:
    """A share; empty where it is 0."""
    return f"{value:.4f}" if value else ""


def _enhancement(draft: dict[str, Any]) -> dict[str, str]:
    """What was done to a draft (`stages.enhance`) before it was judged, as columns."""
    found = draft.get("enhancement", {})
    done = "+".join(found.get("steps", ()))
    columns = {
        "enhanced": f"reverted {done}" if found.get("reverted") else done,
        "enhance_reasons": ";".join(found.get("reasons", ())),
    }
    for word, when in (("drafted", "before"), ("enhanced", "after")):
        figures = found.get(when, {})
        columns[f"{word}_confidence"] = f"{figures['confidence']:.4f}" if figures else ""
        for name in ("warp_error", "identity_distance"):
            columns[f"{word}_{name}"] = _figure(figures.get(name))
    return columns


def _final(draft: dict[str, Any]) -> dict[str, str]:
    """What became of a cut's final (`stages.final`), and what was paid, as columns."""
    found = draft.get("final", {})
    engine = found.get("engine", "")
    paid = _paid_usd(draft, found)
    columns = {
        "final": f"reverted {engine}" if found.get("reverted") else engine,
        "final_reasons": ";".join(found.get("reasons", ())),
        "final_fault": fault_text(found.get("fault")),
        "stands_for": ";".join(draft.get("stands_for", ())),
        "price_usd": f"{paid:.6g}" if paid else "",
    }
    for column, when in (("replaced_confidence", "before"), ("final_confidence", "after")):
        columns[column] = f"{found[when]['confidence']:.4f}" if when in found else ""
    return columns


def _paid_usd(draft: dict[str, Any], final: dict[str, Any]) -> float:
    """What was paid for a draft and a final, whether or not anything came of either."""
    other = final.get("facts" if final.get("reverted") else "draft_facts", {})
    return sum(facts.get("price_usd", 0.0) for facts in (facts_of(draft), other))


def _later_facts(draft: dict[str, Any]) -> dict[str, Any]:
    """What is known of an enhancement, besides the score; of a final that was not taken, and of a
    draft that could not be made.
    """
    found = {"enhancement": draft["enhancement"]} if "enhancement" in draft else {}
    final = draft.get("final", {})
    if "draft_fault" in final:
        found["draft_fault"] = fault_text(final["draft_fault"])
    return found | ({"final": final["facts"]} if final.get("reverted") and "facts" in final else {})


def _json(values: list[Any] | dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True) if values else ""
