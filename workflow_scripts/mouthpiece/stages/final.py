"""Stage `final`: of a cut's draft and what the final engine drew of it, the better one.

The final is a draft: three files, which all later stages read in place of the draft's. Where it is
worse than the draft, or could not be made, the draft stands, and its row says why. Where there is
no draft to compare it with, it is taken, and judged by the gate alone, as any draft is.
"""

import logging
from typing import Any

from ..core.copies import copy_whole
from ..core.faults import FaultValues, cut_stage, facts_of
from ..core.files import read_json, write_json
from ..scorers.losses import losses
from ..scorers.settings import DraftLimits
from ..scorers.source_score import read_source_score
from ..scorers.verdict import judge_draft
from .requests import DraftFiles, FinalRequest

log = logging.getLogger(__name__)


def _keep_draft(request: FinalRequest, fault: FaultValues) -> None:
    """Let the draft stand, with the fault in what its row says of the final."""
    _stand(request, fault, {})


def _stand(request: FinalRequest, fault: FaultValues, facts: dict[str, Any]) -> None:
    row = read_json(request.draft.row)
    found = {"engine": request.engine, "reverted": True, "reasons": [], "fault": fault}
    found |= {"facts": facts} if facts else {}
    _write(request, request.draft, row | {"final": found})


@cut_stage(on_fault=_keep_draft)
def final(request: FinalRequest) -> None:
    """Write the draft that a cut is delivered with: the final, or the draft where that is better.

    Its row gets `final`: JSON {"engine", "reverted", "reasons", "facts"}, with "fault" where the
    final could not be made, "draft_fault" where the draft could not, "draft_facts" where it is
    known what the draft took, and "before" and "after", each {"confidence", "gate"}, where both
    were scored. The row of a final has `stands_for`, too: the keys of drafts whose approval holds
    for it.

    Args:
        request: The two drafts, and how they are compared.
    """
    row, drawn = read_json(request.draft.row), read_json(request.drawn.row)
    before, after = read_json(request.draft.score), read_json(request.drawn.score)
    fault = drawn.get("fault") or after.get("fault")
    if fault:
        _stand(request, fault, facts_of(drawn))
        return
    found: dict[str, Any] = {"engine": request.engine, "facts": drawn["facts"]}
    draft_fault = row.get("fault") or before.get("fault")
    lost: list[str] = []
    if not after:
        lost = reasons = ["final_empty=0"]
    elif draft_fault or not before:
        reasons = ["final_not_compared=0"]
        found |= {"draft_fault": draft_fault} if draft_fault else {}
    else:
        limits = DraftLimits.model_validate(request.limits)
        source = read_source_score(request.source, request.face)
        lost = losses(before, after, request.max_drop, limits, source)
        lost = reasons = [f"final_{reason}" for reason in lost]
        for name, score in (("before", before), ("after", after)):
            verdict = judge_draft(score, limits, source)[0]
            found[name] = {"confidence": round(score["confidence"], 4), "gate": verdict}
    found |= {"reverted": bool(lost), "reasons": reasons}
    log.info("%s", found)
    if lost:
        _write(request, request.draft, row | {"final": found})
    else:
        stands_for = {"stands_for": [row["draft"]] if row["draft"] else []}
        found |= {"draft_facts": facts} if (facts := facts_of(row)) else {}
        _write(request, request.drawn, drawn | {"final": found} | stands_for)


def _write(request: FinalRequest, chosen: DraftFiles, row: dict[str, Any]) -> None:
    copy_whole(chosen.patches, request.final.patches)
    copy_whole(chosen.score, request.final.score)
    write_json(request.final.row, row)
