"""The gate's verdict on a scored draft."""

from typing import Any

from .settings import GateLimits

STILL_SHARE = 0.1
"""The share of a cut's silences in which its mouth may move, as people's do."""

RANK = ("fail", "unjudged", "review", "pass")
"""The verdicts, the worst first."""


def judge(
    score: dict[str, Any], limits: GateLimits, source: dict[str, Any] | None = None
) -> tuple[str, list[str]]:
    """Judge a draft by its score.

    Args:
        score: The draft's score; see `scorers.scoring.score_face`.
        limits: The scorer's thresholds.
        source: The score of the source's picture with its own sound, where it was measured.

    Returns:
        The verdict: pass, review, fail or unjudged; and its reasons, codes with the measured
        value such as "off_sync=4".
    """
    leaks = _leaks(score, limits)
    if score["speech_s"] < limits.min_speech_s:
        return "review" if leaks else "unjudged", [*leaks, f"silent={score['speech_s']:.2f}"]
    if score["duration_s"] < limits.min_judged_s:
        return "review" if leaks else "unjudged", [*leaks, f"too_short={score['duration_s']:.2f}"]
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
    doubts += leaks
    share = _share_of(source, score, limits.min_confidence)
    if share is not None and share < limits.min_source_share:
        doubts.append(f"below_source={share:.2f}")
    return ("review", doubts) if doubts else ("pass", [])


def _leaks(score: dict[str, Any], limits: GateLimits) -> list[str]:
    """The doubt that a mouth talks on while nobody is heard; nobody need be heard for it."""
    moving_s, silence_s = score.get("mouth_in_silence_s", 0.0), score.get("silence_s", 0.0)
    if moving_s <= max(limits.max_mouth_in_silence_s, STILL_SHARE * silence_s):
        return []
    return [f"mouth_in_silence={moving_s:.2f}"]


def _share_of(source: dict[str, Any] | None, score: dict[str, Any], floor: float) -> float | None:
    """The draft's confidence as a share of the source's; None where the source says nothing."""
    if not source or source.get("scorer") != score["scorer"] or source["confidence"] < floor:
        return None
    return float(score["confidence"] / source["confidence"])
