"""What a draft lost by what was done to it: its lips' sync, or the gate's verdict."""

from collections.abc import Mapping
from typing import Any

from .picture_verdict import picture_findings
from .settings import DraftLimits
from .verdict import RANK, judge, judge_draft


def losses(
    before: dict[str, Any],
    after: dict[str, Any],
    max_drop: float,
    limits: DraftLimits,
    source: dict[str, Any] | None,
) -> list[str]:
    """Decide whether a draft that was changed, or drawn again, is worse than before.

    Where the gate does not judge the sync of the draft, its confidence says nothing, and neither
    does a drop of it; its picture is judged all the same. A draft that the gate fails is worse than
    anything that it does not fail, whatever their confidence.

    Args:
        before: The draft's score.
        after: The score of what is to replace it.
        max_drop: Largest share of the confidence that it may cost.
        limits: The gate's.
        source: The source's own score, where drafts are judged by it.

    Returns:
        Why it is worse, as reasons; none where it is not.
    """
    if judge(before, limits, source)[0] == "unjudged":
        is_spoilt = _is_doubtful(after, limits) and not _is_doubtful(before, limits)
        return [f"verdict_lost={after['confidence']:.3f}"] if is_spoilt else []
    was, now = (judge_draft(score, limits, source)[0] for score in (before, after))
    if was == "fail" != now:
        return []
    had = max(before["confidence"], 0.0)
    drop = before["confidence"] - after["confidence"]
    if drop > max_drop * had:
        return [f"sync_lost={drop / had if had else 1.0:.3f}"]
    if RANK.index(now) < RANK.index(was):
        return [f"verdict_lost={after['confidence']:.3f}"]
    return []


def _is_doubtful(score: Mapping[str, Any], limits: DraftLimits) -> bool:
    """Whether the gate doubts the picture of a draft."""
    return any(finding.judged for finding in picture_findings(score, limits.picture))
