"""The gate's verdict on a scored draft."""

from typing import Any

from .picture_verdict import picture_findings
from .settings import DraftLimits, GateLimits

RANK = ("fail", "unjudged", "review", "pass")
"""The verdicts, the worst first."""


def judge_draft(
    score: dict[str, Any], limits: DraftLimits, source: dict[str, Any] | None = None
) -> tuple[str, list[str]]:
    """Judge a draft by its sync and its picture.

    A draft that fails, fails by its sync; one that is too short or too silent for that is judged by
    its picture alone.

    Args:
        score: The draft's score; see `stages.score.score_patches`.
        limits: All limits.
        source: The score of the source's picture with its own sound, where it was measured.

    Returns:
        As `judge`.
    """
    verdict, reasons = judge(score, limits, source)
    doubts = [found.code for found in picture_findings(score, limits.picture) if found.judged]
    if verdict == "fail" or not doubts:
        return verdict, reasons
    return "review", [*doubts, *reasons] if verdict == "unjudged" else [*reasons, *doubts]


def judge(
    score: dict[str, Any], limits: GateLimits, source: dict[str, Any] | None = None
) -> tuple[str, list[str]]:
    """Judge a draft by its sync.

    Args:
        score: The draft's score; see `scorers.scoring.score_face`.
        limits: The scorer's thresholds.
        source: The score of the source's picture with its own sound, where it was measured.

    Returns:
        The verdict: pass, review, fail or unjudged; and its reasons, codes with the measured
        value such as "off_sync=4".
    """
    if score["speech_s"] < limits.min_speech_s:
        return "unjudged", [f"silent={score['speech_s']:.2f}"]
    if score["duration_s"] < limits.min_judged_s:
        return "unjudged", [f"too_short={score['duration_s']:.2f}"]
    confidence, offset = score["confidence"], score["offset_frames"]
    failures = []
    if confidence < limits.fail_confidence:
        failures.append(f"low_confidence={confidence:.3f}")
    if abs(offset) > limits.max_offset_frames:
        failures.append(f"off_sync={offset}")
    if failures:
        return "fail", failures
    doubts = []
    if confidence < limits.min_confidence:
        doubts.append(f"doubtful={confidence:.3f}")
    elif confidence < limits.passes_from(score["speech_s"]):
        doubts.append(f"doubtful_short={confidence:.3f}")
    share = _share_of(source, score, limits.min_confidence)
    if share is not None and share < limits.min_source_share:
        doubts.append(f"below_source={share:.2f}")
    return ("review", doubts) if doubts else ("pass", [])


def _share_of(source: dict[str, Any] | None, score: dict[str, Any], floor: float) -> float | None:
    """The draft's confidence as a share of the source's; None where the source says nothing."""
    if not source or source.get("scorer") != score["scorer"] or source["confidence"] < floor:
        return None
    return float(score["confidence"] / source["confidence"])
