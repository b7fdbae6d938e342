"""What the review page shows of a cut, as JSON values for its template and its script."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from .clips import Clips
from .draft_facts import drawn_by, final_tier, halvings, hearing, keys_of, parsed
from .picture_view import picture_limits, picture_view
from .reasons import Limits, explain, in_brief, reported
from .thresholds import Thresholds
from .timecode import timecode
from .verdicts import VERDICTS, verdict


def cut_view(
    row: Mapping[str, str],
    rate: Fraction,
    clips: Clips,
    thresholds: Thresholds,
    limits: Limits,
    remark: Mapping[str, str],
) -> dict[str, Any]:
    """Collect what the page shows of a cut.

    Args:
        row: The cut's row of cuts.tsv; columns that are not known here are shown as they are.
        rate: Frames per second of the film.
        clips: The cut's clips.
        thresholds: The thresholds in force.
        limits: Those that applied to this cut, where they differ.
        remark: Who decided on it, when, and how bad they found it; see `Decision.remark`.

    Returns:
        JSON values by name.
    """
    first, frames = int(row["first_frame"]), int(row["frames"])
    state, _, decision = row.get("decision", "").rpartition(" ")
    return {
        "cut": row["cut"],
        "first_frame": first,
        "frames": frames,
        "start": timecode(first, rate),
        "length_s": f"{float(frames / rate):.2f}",
        "verdict": verdict(row),
        "action": row["action"],
        "reason": row["reason"],
        "confidence": _number(row.get("confidence", "")),
        "passes_from": thresholds.limits.passes_from(_number(row.get("speech_s", "")) or 0.0),
        "distance": _number(row.get("distance", "")),
        "offset": _number(row.get("offset_frames", "")),
        "draft": row.get("draft", ""),
        "stands_for": keys_of(row)[1:],
        "decision": decision,
        "decision_state": state,
        "carried_from": row.get("carried_from", ""),
        "preset": row.get("preset", ""),
        "drafted_with": _drafted_with(row),
        "tier": row.get("tier", ""),
        "note": row.get("note", ""),
        "remark": dict(remark),
        "original_clip": quote(clips.original),
        "draft_clip": quote(clips.draft),
        "thumbnail": quote(clips.thumbnail),
        "mouth": [number for key in clips.mouth for number in key],
        "levels": list(clips.levels),
        "course": list(clips.course),
        "speech": list(clips.speech),
        "attempts": _attempts(row),
        "shift_range_px": (parsed(row, "facts") or {}).get("bbox_shift_range_px"),
        "hearing": hearing(row),
        "halved": ", ".join(f"{name}: {size}" for name, size in halvings(row).items()),
        "drawn_by": drawn_by(row),
        "final": final_tier(row),
        "picture": picture_view(row, thresholds),
        "row": dict(row),
        **_explanation(
            row,
            thresholds,
            {**picture_limits(row, thresholds), **_speaker_limits(row, thresholds), **limits},
        ),
    }


def _speaker_limits(row: Mapping[str, str], thresholds: Thresholds) -> Limits:
    """The limit of who does not speak, by what heard the source of this cut."""
    if row.get("source_hearing") != "phones":
        return {}
    return {"not_speaking": thresholds.limits.silent_by(row)}


def _explanation(row: Mapping[str, str], thresholds: Thresholds, limits: Limits) -> dict[str, Any]:
    """What became of a cut and why: in sentences, and in a few words for the list."""
    if row.get("fault"):
        return {"sentences": [explain("fault", thresholds), row["fault"]], "brief": row["fault"]}

    def codes(column: str) -> list[str]:
        return [code for code in row.get(column, "").split(";") if code]

    held = codes("guard_reasons") + codes("gate_reasons") or [row["reason"]]
    told = [*held, *codes("final_reasons"), *codes("enhance_reasons")]
    sentences = [explain(code, thresholds, limits) for code in told if code]
    if fault := (parsed(row, "facts") or {}).get("draft_fault"):
        sentences.append(fault)
    if row.get("final_fault"):
        sentences += [explain("final_fault", thresholds), row["final_fault"]]
    sentences += [reported(code, thresholds, limits) for code in codes("reported")]
    if row.get("carried_from"):
        sentences.append(
            f"It shows frames of the cut {row['carried_from']}, which a person refused: the "
            "refusal holds here, too."
        )
    brief = (in_brief(code, thresholds, limits) for code in held)
    return {"sentences": sentences, "brief": ", ".join(filter(None, brief))}


def _drafted_with(row: Mapping[str, str]) -> str:
    """The preset among the settings of a cut's draft."""
    return str((parsed(row, "settings") or {}).get("preset", ""))


def _attempts(row: Mapping[str, str]) -> str:
    """The drafts that were tried of a cut, in words."""
    return "; then ".join(
        f"{attempt['preset'] or 'as set'}{_moved(attempt['moved_frames'])}: "
        f"{VERDICTS[attempt['gate']][0].lower()}, {attempt['confidence']:.2f}"
        for attempt in parsed(row, "attempts") or []
    ).replace("_", " ")


def _moved(frames: int) -> str:
    return f", moved by {frames:+d} {'frame' if abs(frames) == 1 else 'frames'}" if frames else ""


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
