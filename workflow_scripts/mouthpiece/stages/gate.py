"""Stage `gate`: what is delivered of each cut of a film. One job decides on all of them.

What is known of a cut besides, such as notes, is written by `stages.cut_table`, so that it joins no
film again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.gate import DeliverWhat
from ..core.cuts import Cut
from ..core.delivery_table import DeliveredCut, write_delivery
from ..core.errors import Fault
from ..core.faces_table import aligned, read_faces
from ..core.faults import fault_text
from ..core.files import read_json
from ..core.loop import shown_cuts
from ..core.source_sync import SourceSync, read_sync
from ..review.refusals import CARRIED, REFUSAL, refusals_in, refused_by
from ..scorers.picture_verdict import picture_findings
from ..scorers.settings import DraftLimits
from ..scorers.verdict import judge_draft

NO_SYNC = SourceSync(None)
"""Of a film nothing is told that its cuts do not tell by themselves."""


@dataclass(frozen=True)
class Found:
    """What the jobs of a cut found, as JSON values; each may hold a fault instead.

    Attributes:
        guard: guard.json, with what the whole film tells of who speaks.
        draft: The draft's row; {} where the cut may not be redrawn.
        score: score.json; {} where there is no draft.
    """

    guard: dict[str, Any]
    draft: dict[str, Any]
    score: dict[str, Any]

    @property
    def speaker(self) -> dict[str, Any]:
        """What the guard found of who speaks."""
        return dict(self.guard["speaker"])

    @property
    def key(self) -> str:
        """The key of the draft; empty where there is none."""
        return str(self.draft.get("draft", ""))

    @property
    def approved_as(self) -> tuple[str, ...]:
        """The keys of drafts whose decision holds: it, and those that it replaced as a final."""
        return self.key, *self.draft.get("stands_for", ())

    @property
    def fault(self) -> dict[str, str] | None:
        """The first fault."""
        parts = (self.guard, self.draft, self.score)
        return next((part["fault"] for part in parts if part.get("fault")), None)


@dataclass(frozen=True)
class Judged:
    """What is delivered of a cut, and why.

    Attributes:
        cut: The cut.
        found: What its jobs found.
        reasons: Why the guard held it back, as `code=value`.
        gate: The gate's verdict; `none` without a draft.
        gate_reasons: Why it is not `pass`, as `code=value`.
        reported: What speaker and gate found that holds nothing back, as `code=value`.
        decision: The reviewer's decision and whether it holds; see `stages.cut_table`.
        refused_cut: The id of the cut whose refusal applies; empty: none does.
        action: What is delivered, `lipsync` or `passthrough`.
        reason: Why, as one code.
    """

    cut: Cut
    found: Found
    reasons: list[str]
    gate: str
    gate_reasons: list[str]
    reported: list[str]
    decision: str
    refused_cut: str
    action: str
    reason: str


def judge_film(inputs: Mapping[str, Any], params: Mapping[str, Any]) -> list[Judged]:
    """Decide what is delivered of each cut of a film, from what the rules of the gate are given.

    Args:
        inputs: The rule's files by name: boundaries, guards, faces, sync, drafts and scores, and
            loop if the film is looped.
        params: The rule's decisions, limits and deliver; see `judge_cuts`.

    Returns:
        The cuts, in order.
    """
    loop, faces = inputs.get("loop"), read_faces(Path(inputs["faces"]))
    sync = read_sync(Path(inputs["sync"]))
    shown = shown_cuts(Path(inputs["boundaries"]), Path(loop) if loop else None)
    redrawn = [faces[source.cut] for _, source in shown]
    return judge_cuts(
        cuts=[cut for cut, _ in shown],
        guards=[Path(file) for file in inputs["guards"]],
        drafts=aligned([Path(file) for file in inputs["drafts"]], redrawn),
        scores=aligned([Path(file) for file in inputs["scores"]], redrawn),
        decisions=params["decisions"],
        limits=DraftLimits(**params["limits"]),
        deliver=DeliverWhat(**params["deliver"]),
        sync=sync,
        sources=[source.cut for _, source in shown],
    )


def judge_cuts(
    *,
    cuts: Sequence[Cut],
    guards: Sequence[Path],
    drafts: Sequence[Path | None],
    scores: Sequence[Path | None],
    decisions: Mapping[str, Mapping[str, str]],
    limits: DraftLimits,
    deliver: DeliverWhat,
    sync: SourceSync = NO_SYNC,
    sources: Sequence[str] | None = None,
) -> list[Judged]:
    """Decide what is delivered of each cut of a film.

    Args:
        cuts: The cuts of the film. The files that follow are in their order.
        guards: Each guard.json.
        drafts: The JSON row of each draft; None where a cut may not be redrawn.
        scores: Each score.json; None in the same places.
        decisions: Cut id -> decision and draft, for all rows of the film in decisions.tsv. An id
            need not be a cut of the film: a refusal follows its frames.
        limits: What the verdict depends on.
        deliver: What is delivered of each verdict.
        sync: What the whole film tells of who speaks.
        sources: The id of the video's cut that each of them shows; None: the cuts' own.

    Returns:
        The cuts, in order.
    """
    refusals = refused_by(
        [cut.cut for cut in cuts],
        refusals_in({cut: decision["decision"] for cut, decision in decisions.items()}),
    )
    judged = []
    sources = sources or [cut.cut for cut in cuts]
    for cut, source, *files in zip(cuts, sources, guards, drafts, scores, strict=True):
        guard, *others = (read_json(file) if file else {} for file in files)
        found = Found(guard | {"speaker": sync.speaker(source, guard)}, *others)
        own, refused_cut = decisions.get(cut.cut, {}), refusals.get(cut.cut, "")
        judged.append(_judged(cut, found, own, refused_cut, limits, deliver))
    return judged


def gate(cuts: Sequence[Judged], max_fault_share: float, delivery: Path) -> None:
    """Write what is delivered of a film.

    Args:
        cuts: Its cuts, as `judge_cuts` gives them.
        max_fault_share: The largest share of the cuts with a face that a fault may take.
        delivery: delivery.tsv, to write.

    Raises:
        Fault: Faults took a larger share.
    """
    wanted = [cut for cut in cuts if cut.found.fault or cut.found.key]
    faulty = [cut for cut in wanted if cut.found.fault]
    if len(faulty) > max_fault_share * len(wanted):
        raise Fault(
            f"a fault took {len(faulty)} of the {len(wanted)} cuts that have a face to redraw;"
            f" faults.max_share lets a film go on with {max_fault_share:.0%} of them. The first:"
            f" {faulty[0].cut.cut}: {fault_text(faulty[0].found.fault)}"
        )
    rows = [
        DeliveredCut(c.cut.cut, c.cut.first_frame, c.cut.frames, bool(c.found.draft), c.action)
        for c in cuts
    ]
    write_delivery(rows, delivery)


def _judged(
    cut: Cut,
    found: Found,
    own: Mapping[str, str],
    refused_cut: str,
    limits: DraftLimits,
    deliver: DeliverWhat,
) -> Judged:
    score = {} if found.fault else found.score
    silent = found.speaker["reasons"]
    unclear = found.guard.get("unclear", ()) if silent else ()
    reasons = codes(*found.guard["reasons"], *unclear, *silent)
    verdict, verdict_reasons = (
        judge_draft(score, limits, found.speaker["score"]) if score else ("none", [])
    )
    reported = codes(*found.speaker["reported"])
    findings = picture_findings(score, limits.picture)
    reported += [finding.code for finding in findings if not finding.judged]
    action, reason = _action(reasons, verdict, verdict_reasons, deliver)
    if found.fault:
        reason = "fault"
    decision, decided = _decision(cut.cut, found, own, refused_cut)
    if decided:
        action, reason = decided, "decided"
    return Judged(
        cut=cut,
        found=found,
        reasons=reasons,
        gate=verdict,
        gate_reasons=verdict_reasons,
        reported=reported,
        decision=decision,
        refused_cut=refused_cut,
        action=action,
        reason=reason,
    )


def _decision(cut: str, found: Found, own: Mapping[str, str], refused_cut: str) -> tuple[str, str]:
    """The reviewer's decision and whether it holds; the action that it asks for (empty: none)."""
    if refused_cut:
        return REFUSAL if refused_cut == cut else CARRIED, "passthrough"
    decision = own.get("decision", "")
    is_scored = bool(found.score) and not found.fault
    if decision == "retry":  # it was drafted with the preset, and the gate judges the result
        return "done retry" if is_scored else "moot retry", ""
    if decision and own.get("draft", "") not in ("", *found.approved_as):
        return f"stale {decision}", ""
    if decision and is_scored:
        return decision, "lipsync"
    return f"moot {decision}" if decision else "", ""


def codes(*reasons: dict[str, Any]) -> list[str]:
    """Write reasons as `code=value`.

    Args:
        reasons: Code and value of each.

    Returns:
        A text for each.
    """
    return [f"{reason['code']}={reason['value']:.4g}" for reason in reasons]


def _action(
    guard_reasons: list[str], gate: str, gate_reasons: list[str], deliver: DeliverWhat
) -> tuple[str, str]:
    """What is delivered, and why in one code: `action`, `reason` of the row."""
    if gate == "none":
        return "passthrough", (guard_reasons or ["no_draft"])[0]
    action = "lipsync" if gate == "pass" else getattr(deliver, gate)
    return action, (gate_reasons or ["in_sync"])[0]
