"""What is delivered of each cut of a film: one job decides on all of them.

The column `decision` of cuts.tsv says what a person decided and whether it holds:

- `approve`: the draft it was made on is delivered. `stale approve`: the cut has another draft by
  now. `moot approve`: there is no draft.
- `passthrough`: the original is delivered, whatever the draft. `carried passthrough`: the same, by
  a decision on an earlier cut with these frames, whose id is in `carried_from`.
- `done retry`: the cut was drafted as asked for. `moot retry`: it could not be.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.cut_table import CutRow, write_rows
from ..core.cuts import Cut
from ..core.delivery_table import DeliveredCut, write_delivery
from ..core.errors import Fault
from ..core.faults import fault_text
from ..core.files import read_json
from ..project.settings import DeliverWhat
from ..review.refusals import CARRIED, REFUSAL, refusals_in, refused_by
from ..scorers.settings import GateLimits
from ..scorers.verdict import judge


@dataclass(frozen=True)
class _Found:
    """What the jobs of a cut found, as JSON values; each may hold a fault instead."""

    guard: dict[str, Any]
    speaker: dict[str, Any]
    draft: dict[str, Any]
    score: dict[str, Any]

    @property
    def fault(self) -> dict[str, str] | None:
        """The first fault."""
        parts = (self.guard, self.speaker, self.draft, self.score)
        return next((part["fault"] for part in parts if part.get("fault")), None)


@dataclass(frozen=True)
class _Decided:
    """The columns of a person's decision, and what it says of the delivery (empty: nothing)."""

    decision: str = ""
    carried_from: str = ""
    preset: str = ""
    tier: str = ""
    note: str = ""
    action: str = ""


def decide(
    *,
    cuts: Sequence[Cut],
    guards: Sequence[Path],
    speakers: Sequence[Path],
    drafts: Sequence[Path],
    scores: Sequence[Path],
    decisions: Mapping[str, Mapping[str, str]],
    limits: GateLimits,
    deliver: DeliverWhat,
    max_fault_share: float,
    table: Path,
    delivery: Path,
) -> None:
    """Decide what is delivered of each cut of a film; write cuts.tsv and delivery.tsv.

    Args:
        cuts: The cuts of the film. The files that follow are in their order.
        guards: Each guard.json.
        speakers: Each speaker.json.
        drafts: The JSON row of each draft.
        scores: Each score.json.
        decisions: Cut id -> decision, draft, preset, tier and note, for all rows of the film in
            decisions.tsv. An id need not be a cut of the film: a refusal follows its frames.
        limits: The thresholds of the scorer.
        deliver: What is delivered of each verdict.
        max_fault_share: The largest share of the cuts with a face that a fault may take.
        table: cuts.tsv, to write.
        delivery: delivery.tsv, to write.

    Raises:
        Fault: Faults took a larger share than `max_fault_share`.
    """
    refusals = refused_by(
        [cut.cut for cut in cuts],
        refusals_in({cut: decision["decision"] for cut, decision in decisions.items()}),
    )
    rows = []
    for cut, *files in zip(cuts, guards, speakers, drafts, scores, strict=True):
        found = _Found(*(read_json(file) for file in files))
        decided = _decided(found, decisions, cut.cut, refusals.get(cut.cut, ""))
        rows.append(_row(cut, found, decided, limits, deliver))
    _check_faults(rows, max_fault_share)
    write_rows(rows, table)
    write_delivery(
        [DeliveredCut(row.cut, row.first_frame, row.frames, row.action) for row in rows], delivery
    )


def _check_faults(rows: Sequence[CutRow], max_share: float) -> None:
    wanted = [row for row in rows if row.fault or row.draft]
    faulty = [row for row in wanted if row.fault]
    if len(faulty) > max_share * len(wanted):
        raise Fault(
            f"a fault took {len(faulty)} of the {len(wanted)} cuts that have a face to redraw;"
            f" faults.max_share lets a film go on with {max_share:.0%} of them. The first:"
            f" {faulty[0].cut}: {faulty[0].fault}"
        )


def _decided(
    found: _Found, decisions: Mapping[str, Mapping[str, str]], cut: str, refusal: str
) -> _Decided:
    """What a person decided on a cut. refusal: the id of the refused cut; empty: not refused."""
    own = decisions.get(cut, {})
    preset, tier, note = (own.get(name, "") for name in ("preset", "tier", "note"))
    if refusal:
        carried = refusal != cut
        return _Decided(
            CARRIED if carried else REFUSAL,
            refusal if carried else "",
            preset,
            tier,
            note or decisions[refusal].get("note", ""),
            "passthrough",
        )
    decision, action = own.get("decision", ""), ""
    is_scored = bool(found.score) and not found.fault
    if decision == "retry":  # it was drafted with the preset, and the gate judges the result
        decision = "done retry" if is_scored else "moot retry"
    elif decision and own.get("draft", "") not in ("", found.draft["draft"]):
        decision = f"stale {decision}"
    elif decision and is_scored:
        action = "lipsync"
    elif decision:
        decision = f"moot {decision}"
    return _Decided(decision, "", preset, tier, note, action)


def _row(
    cut: Cut, found: _Found, decided: _Decided, limits: GateLimits, deliver: DeliverWhat
) -> CutRow:
    fault, draft = found.fault, found.draft
    score = {} if fault else found.score
    source = found.speaker["score"]
    reasons = _codes(*found.guard["reasons"], *found.speaker["reasons"])
    gate, gate_reasons = judge(score, limits, source) if score else ("none", [])
    action, reason = _action(reasons, gate, gate_reasons, deliver)
    if fault:
        reason = "fault"
    if decided.action:
        action, reason = decided.action, "decided"
    return CutRow(
        cut=cut.cut,
        first_frame=cut.first_frame,
        frames=cut.frames,
        guard=found.guard["verdict"],
        guard_reasons=";".join(reasons),
        reported=";".join(_codes(*found.speaker["reported"])),
        speaker=found.speaker["verdict"],
        source_confidence=f"{source['confidence']:.4f}" if source else "",
        source_offset_frames=str(source["offset_frames"]) if source else "",
        engine=draft["engine"],
        fault=fault_text(fault),
        gate=gate,
        gate_reasons=";".join(gate_reasons),
        **_measured(score),
        **_enhancement(draft),
        draft=draft["draft"],
        decision=decided.decision,
        carried_from=decided.carried_from,
        preset=decided.preset,
        tier=decided.tier,
        note=decided.note,
        action=action,
        reason=reason,
        attempts=_json(draft["attempts"]),
        moved_frames=str(draft["moved_frames"] or ""),
        settings=_json(draft["settings"]),
        facts=_json(draft["facts"] | _quality(draft)),
        weights=draft["weights"],
        code=draft["code"],
        packages=_json(draft.get("packages", {}) | score.get("packages", {})),
    )


def _codes(*reasons: dict[str, Any]) -> list[str]:
    return [f"{reason['code']}={reason['value']:.4g}" for reason in reasons]


def _action(
    guard_reasons: list[str], gate: str, gate_reasons: list[str], deliver: DeliverWhat
) -> tuple[str, str]:
    """What is delivered, and why in one code: `action`, `reason` of the row."""
    if gate == "none":
        return "passthrough", (guard_reasons or ["no_draft"])[0]
    action = "lipsync" if gate == "pass" else getattr(deliver, gate)
    return action, (gate_reasons or ["in_sync"])[0]


def _measured(score: dict[str, Any]) -> dict[str, str]:
    """A score as columns."""
    if not score:
        names = ("scorer", "confidence", "distance", "offset_frames", "speech_s")
        return dict.fromkeys(names, "")
    return {
        "scorer": score["scorer"],
        "confidence": f"{score['confidence']:.4f}",
        "distance": f"{score['distance']:.4f}",
        "offset_frames": str(score["offset_frames"]),
        "speech_s": f"{score['speech_s']:.2f}",
    }


def _enhancement(draft: dict[str, Any]) -> dict[str, str]:
    """What was done to a draft (`stages.enhance`) before it was judged, as columns."""
    found = draft.get("enhancement", {})
    done = "+".join(found.get("steps", ()))
    columns = {
        "enhanced": f"reverted {done}" if found.get("reverted") else done,
        "enhance_reasons": ";".join(found.get("reasons", ())),
    }
    for column, when in (("drafted_confidence", "before"), ("enhanced_confidence", "after")):
        columns[column] = f"{found[when]['confidence']:.4f}" if when in found else ""
    return columns


def _quality(draft: dict[str, Any]) -> dict[str, Any]:
    """What was measured of an enhanced draft, besides its score."""
    return {"enhancement": draft["enhancement"]} if "enhancement" in draft else {}


def _json(values: list[Any] | dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True) if values else ""
