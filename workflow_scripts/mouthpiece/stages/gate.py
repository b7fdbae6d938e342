"""What is delivered of each cut of a film: one decision for all of them."""

import json
from pathlib import Path
from typing import Any

from ..core.cut_table import CutRow, write_rows
from ..core.cuts import Cut
from ..core.errors import Fault
from ..core.faults import fault_text
from ..core.files import read_json
from ..project.settings import Gate
from ..scorers.verdict import judge


def decide(
    cuts: list[Cut],
    guards: list[Path],
    speakers: list[Path],
    drafts: list[Path],
    scores: list[Path],
    decisions: dict[str, dict[str, str]],
    settings: Gate,
    max_fault_share: float,
    table: Path,
) -> None:
    """Decide what is delivered of each cut of a film, and write cuts.tsv.

    guards, speakers, drafts (their JSON rows) and scores are in the order of the cuts. Raises Fault
    where faults took a larger share than `max_fault_share` of the cuts that have a face to redraw.
    """
    rows = [
        _row(
            cut,
            read_json(guard),
            read_json(speaker),
            read_json(draft),
            read_json(score),
            decisions.get(cut.cut, {}),
            settings,
        )
        for cut, guard, speaker, draft, score in zip(
            cuts, guards, speakers, drafts, scores, strict=True
        )
    ]
    _bear_faults(rows, max_fault_share)
    write_rows(rows, table)


def _bear_faults(rows: list[CutRow], max_share: float) -> None:
    wanted = [row for row in rows if row.fault or row.draft]
    faulty = [row for row in wanted if row.fault]
    if len(faulty) > max_share * len(wanted):
        raise Fault(
            f"a fault took {len(faulty)} of the {len(wanted)} cuts that have a face to redraw;"
            f" faults.max_share lets a film go on with {max_share:.0%} of them. The first:"
            f" {faulty[0].cut}: {faulty[0].fault}"
        )


def _row(
    cut: Cut,
    guard: dict[str, Any],
    speaker: dict[str, Any],
    draft: dict[str, Any],
    score: dict[str, Any],
    decision: dict[str, str],
    settings: Gate,
) -> CutRow:
    fault = next((r["fault"] for r in (guard, speaker, draft, score) if r.get("fault")), None)
    if fault:
        score = {}
    source = speaker["score"]
    reasons = _codes(*guard["reasons"], *speaker["reasons"])
    gate, gate_reasons = (
        judge(score, settings.scorers.of(score["scorer"]), source) if score else ("none", [])
    )
    action, reason = _action(reasons, gate, gate_reasons, settings)
    if fault:
        reason = "fault"
    said = decision.get("decision", "")
    if said == "retry":  # the draft obeyed it; the gate judges it anew
        said = "done retry" if score else "moot retry"
    elif said and decision["draft"] not in ("", draft["draft"]):
        said = f"stale {said}"
    elif said == "passthrough":
        action, reason = "passthrough", "decided"
    elif said == "approve" and score:
        action, reason = "lipsync", "decided"
    elif said == "approve":
        said = "moot approve"
    return CutRow(
        cut=cut.cut,
        first_frame=cut.first_frame,
        frames=cut.frames,
        guard=guard["verdict"],
        guard_reasons=";".join(reasons),
        reported=";".join(_codes(*speaker["reported"])),
        speaker=speaker["verdict"],
        source_confidence=f"{source['confidence']:.4f}" if source else "",
        source_offset_frames=str(source["offset_frames"]) if source else "",
        engine=draft["engine"],
        fault=fault_text(fault),
        gate=gate,
        gate_reasons=";".join(gate_reasons),
        scorer=score.get("scorer", ""),
        confidence=f"{score['confidence']:.4f}" if score else "",
        distance=f"{score['distance']:.4f}" if score else "",
        offset_frames=str(score["offset_frames"]) if score else "",
        speech_s=f"{score['speech_s']:.2f}" if score else "",
        **_enhancement(draft),
        draft=draft["draft"],
        decision=said,
        preset=decision.get("preset", ""),
        tier=decision.get("tier", ""),
        note=decision.get("note", ""),
        action=action,
        reason=reason,
        attempts=_json(draft["attempts"]),
        moved_frames=str(draft["moved_frames"] or ""),
        settings=_json(draft["settings"]),
        facts=_json(draft["facts"] | _looks(draft)),
        weights=draft["weights"],
        code=draft["code"],
    )


def _codes(*reasons: dict[str, Any]) -> list[str]:
    return [f"{reason['code']}={reason['value']:.4g}" for reason in reasons]


def _action(
    guard_reasons: list[str],
    gate: str,
    gate_reasons: list[str],
    settings: Gate,
) -> tuple[str, str]:
    """What is delivered, and why in one code: `action`, `reason` of the row."""
    if gate == "none":
        return "passthrough", (guard_reasons or ["no_draft"])[0]
    action = "lipsync" if gate == "pass" else getattr(settings.deliver, gate)
    return action, (gate_reasons or ["in_sync"])[0]


def _enhancement(draft: dict[str, Any]) -> dict[str, str]:
    """What was done to a draft (`enhance`) before it was judged, as columns of its row."""
    found = draft.get("enhancement", {})
    done = "+".join(found.get("steps", ()))
    columns = {
        "enhanced": f"reverted {done}" if found.get("reverted") else done,
        "enhance_reasons": ";".join(found.get("reasons", ())),
    }
    for column, when in (("drafted_confidence", "before"), ("enhanced_confidence", "after")):
        columns[column] = f"{found[when]['confidence']:.4f}" if when in found else ""
    return columns


def _looks(draft: dict[str, Any]) -> dict[str, Any]:
    """What was measured of an enhanced draft, besides its score."""
    return {"enhancement": draft["enhancement"]} if "enhancement" in draft else {}


def _json(values: list[Any] | dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True) if values else ""
