"""The review page of a film: each cut's verdict, why, its scores, and its clips side by side.

The page is one file (`index.html`) with a folder `clips/` beside it; it opens from disk and fetches
nothing from elsewhere. What is known of a cut is a row of cuts.tsv; columns this module does not
know are shown as they are.
"""

import json
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import numpy as np

from ..core.files import read_json, write_text
from ..core.timeline import Clock
from .clips import SOUND_RATE, Sound, levels, write_clip
from .pages import environment
from .reasons import Limits, Thresholds, explain, in_brief, reported
from .verdicts import REVIEWED, VERDICTS, verdict

DECISIONS = ("approve", "passthrough", "retry")
"""The decisions that a run obeys."""

PART = 100
"""How many cuts the page lists at a time: rows cost a browser time and memory."""

RIBBON_PARTS = 400
"""How many parts the ribbon of a film has at most; more than that are noise on a screen."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Film:
    """Whose page it is."""

    video: str
    language: str
    rate: Fraction


@dataclass(frozen=True)
class Clips:
    """A cut's clips, as paths relative to the page (empty: none), and the dub's level a frame."""

    original: str = ""
    draft: str = ""
    levels: tuple[int, ...] = ()
    speech: tuple[tuple[int, int], ...] = ()
    """The runs of frames in which the dub speaks, as the score has it: first frame, and end."""
    course: tuple[float, ...] = ()
    """The score over time; see `scorers.Score`."""


def limits_of(guard: Path) -> Limits:
    """The limits that a cut broke, as they stand in its guard.json: an override may set others."""
    return {reason["code"]: reason["limit"] for reason in read_json(guard)["reasons"]}


def write_clips(
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    clocks: Sequence[Clock],
    originals: Sequence[Path],
    lipsynced: Sequence[Path],
    source_audio: Path,
    dub: Path,
) -> dict[str, Clips]:
    """Write `clips/` below `folder`: each original with its own sound, each draft with the dub.

    Returns the clips by cut. The rows, and what goes with them, are in the order of the film.
    """
    clips = {}
    with Sound(source_audio) as heard, Sound(dub) as dubbed:
        for row, clock, original, lipsync in zip(rows, clocks, originals, lipsynced, strict=True):
            cut, voice = row["cut"], dubbed.take(clock)
            names: dict[str, Any] = {"original": f"clips/{cut}.original.mp4"}
            write_clip(original, own_sound(heard, clock), clock.rate, folder / names["original"])
            if lipsync.stat().st_size:
                names["draft"] = f"clips/{cut}.draft.mp4"
                write_clip(lipsync, voice, clock.rate, folder / names["draft"])
            clips[cut] = Clips(**names, levels=tuple(levels(voice, clock)))
    return clips


def own_sound(heard: Sound, clock: Clock) -> np.ndarray:
    """The source's sound of a cut, [channels, N]; silence where a looped film shows it again."""
    first, end = clock.samples(SOUND_RATE)
    again = clock.first_frame != clock.source.first_frame
    return heard.silence(end - first) if again else heard.take(clock)


def write_page(
    folder: Path,
    film: Film,
    rows: Sequence[Mapping[str, str]],
    thresholds: Thresholds,
    clips: Mapping[str, Clips],
    presets: Mapping[str, Sequence[str]] = NOTHING,
    limits: Mapping[str, Limits] = NOTHING,
) -> None:
    """Write `folder/index.html`.

    rows: those of cuts.tsv, in the order of the film; clips: by cut, may lack some; presets: the
    names of each engine's presets; limits: those that stood for a cut, by cut, where they may
    differ from the thresholds.
    """
    cuts = [
        _cut(row, film, clips.get(row["cut"], Clips()))
        | _why(row, thresholds, limits.get(row["cut"], NOTHING))
        for row in rows
    ]
    order = list(VERDICTS)
    page = (
        environment()
        .get_template("review.html.j2")
        .render(
            film={
                "video": film.video,
                "language": film.language,
                "rate": [film.rate.numerator, film.rate.denominator],
                "rate_text": f"{float(film.rate):.6g}",
                "frames": max((c["first_frame"] + c["frames"] for c in cuts), default=0),
            },
            part=PART,
            ribbon=ribbon(cuts),
            cuts=sorted(cuts, key=lambda c: (order.index(c["verdict"]), c["first_frame"])),
            summary=summary(cuts, film),
            verdicts=VERDICTS,
            limits=thresholds.table(),
            scorer=thresholds.scorer,
            gate={
                "pass": thresholds.limits.min_confidence,
                "fail": thresholds.limits.fail_confidence,
                "offset": thresholds.limits.max_offset_frames,
                "speech_s": thresholds.limits.min_speech_s,
            },
            presets={engine: list(names) for engine, names in presets.items()},
            decisions=DECISIONS,
            reviewed=REVIEWED,
        )
    )
    write_text(folder / "index.html", page)


def ribbon(cuts: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int]]:
    """The film at a glance: verdict, first frame, frames.

    A cut each; of more than RIBBON_PARTS cuts, equal parts with the worst verdict in each.
    cuts: in the order of the film.
    """
    if len(cuts) <= RIBBON_PARTS:
        return [(c["verdict"], c["first_frame"], c["frames"]) for c in cuts]
    order = list(VERDICTS)
    end = cuts[-1]["first_frame"] + cuts[-1]["frames"]
    edges = [end * part // RIBBON_PARTS for part in range(RIBBON_PARTS + 1)]
    worst = [len(order) - 1] * RIBBON_PARTS
    for cut in cuts:
        first = bisect_right(edges, cut["first_frame"]) - 1
        last = bisect_left(edges, cut["first_frame"] + cut["frames"])
        for part in range(first, min(last, RIBBON_PARTS)):
            worst[part] = min(worst[part], order.index(cut["verdict"]))
    return [
        (order[rank], edges[part], edges[part + 1] - edges[part]) for part, rank in enumerate(worst)
    ]


def _cut(row: Mapping[str, str], film: Film, clips: Clips) -> dict[str, Any]:
    """What the page shows of a cut, as JSON values."""
    first, frames = int(row["first_frame"]), int(row["frames"])
    said, _, decision = row.get("decision", "").rpartition(" ")
    return {
        "cut": row["cut"],
        "first_frame": first,
        "frames": frames,
        "start": timecode(first, film.rate),
        "length_s": f"{float(frames / film.rate):.2f}",
        "verdict": verdict(row),
        "action": row["action"],
        "reason": row["reason"],
        "confidence": _number(row.get("confidence", "")),
        "distance": _number(row.get("distance", "")),
        "offset": _number(row.get("offset_frames", "")),
        "draft": row.get("draft", ""),
        "decision": decision,
        "decision_state": said,
        "preset": row.get("preset", ""),
        "drafted_with": _drafted_with(row),
        "tier": row.get("tier", ""),
        "note": row.get("note", ""),
        "original_clip": quote(clips.original),
        "draft_clip": quote(clips.draft),
        "levels": list(clips.levels),
        "course": list(clips.course),
        "speech": list(clips.speech),
        "attempts": _attempts(row),
        "shift_range_px": (_parsed(row, "facts") or {}).get("bbox_shift_range_px"),
        "row": dict(row),
    }


def _why(row: Mapping[str, str], thresholds: Thresholds, limits: Limits) -> dict[str, Any]:
    """What became of a cut and why, in sentences, and in a few words for the list."""
    if row.get("fault"):
        return {"sentences": [explain("fault", thresholds), row["fault"]], "brief": row["fault"]}

    def codes(column: str) -> list[str]:
        return [code for code in row.get(column, "").split(";") if code]

    held = codes("guard_reasons") + codes("gate_reasons") or [row["reason"]]
    told = [explain(code, thresholds, limits) for code in held + codes("enhance_reasons") if code]
    told += [reported(code, thresholds, limits) for code in codes("reported")]
    brief = (in_brief(code, thresholds, limits) for code in held)
    return {"sentences": told, "brief": ", ".join(filter(None, brief))}


def _drafted_with(row: Mapping[str, str]) -> str:
    """The preset among the settings of a cut's draft."""
    return str((_parsed(row, "settings") or {}).get("preset", ""))


def _attempts(row: Mapping[str, str]) -> str:
    """The drafts that were tried of a cut, in words."""
    return "; then ".join(
        f"{attempt['preset'] or 'as set'}{_moved(attempt['moved_frames'])}: "
        f"{VERDICTS[attempt['gate']][0].lower()}, {attempt['confidence']:.2f}"
        for attempt in _parsed(row, "attempts") or []
    ).replace("_", " ")


def _moved(frames: int) -> str:
    return f", moved by {frames:+d} {'frame' if abs(frames) == 1 else 'frames'}" if frames else ""


def _parsed(row: Mapping[str, str], column: str) -> Any:
    """The JSON in a column; None where there is none."""
    try:
        return json.loads(row.get(column, ""))
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def timecode(frame: int, rate: Fraction) -> str:
    """A frame as HH:MM:SS:FF, counted without drops (SMPTE ST 12-1) at the nearest whole rate."""
    base = max(1, round(rate))
    seconds, frames = divmod(frame, base)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"


def summary(cuts: Iterable[dict[str, Any]], film: Film) -> dict[str, Any]:
    """How many cuts and frames were lip-synced, and why the others were not."""
    cuts = list(cuts)
    synced = [cut for cut in cuts if cut["action"] == "lipsync"]
    others = Counter(
        "decided" if cut["reason"] == "decided" else cut["reason"].partition("=")[0]
        for cut in cuts
        if cut["action"] != "lipsync"
    )
    frames = sum(cut["frames"] for cut in cuts)
    synced_frames = sum(cut["frames"] for cut in synced)
    return {
        "cuts": len(cuts),
        "length": timecode(frames, film.rate),
        "synced": len(synced),
        "passed": len(cuts) - len(synced),
        "share": f"{synced_frames / frames:.0%}" if frames else "0%",
        "verdicts": {name: sum(cut["verdict"] == name for cut in cuts) for name in VERDICTS},
        "why": [(code.replace("_", " "), count) for code, count in others.most_common()],
    }
